internal import CPU
internal import LinearAlgebra

/// The mean and the covariance of rows of numbers, the latter as a factor F with Fᵀ F = covariance.
///
/// Of fewer rows than numbers in each, F is the rows themselves, so that nothing is lost by squaring.
package struct GaussianMoments {
  /// (D).
  package let mean: [Double]
  /// The sum of the covariance's diagonal.
  package let variance: Double
  /// F: (rank, D).
  private let factor: [Double]

  /// Of at least two rows (N, D); the covariance is divided by N - 1.
  package init(_ rows: [Double], dimensions: Int) {
    let count = rows.count / dimensions
    precondition(count > 1 && rows.count == count * dimensions, "too few rows of \(dimensions)")
    var mean = [Double](repeating: 0, count: dimensions)
    for row in 0..<count { for j in 0..<dimensions { mean[j] += rows[row * dimensions + j] } }
    for j in mean.indices { mean[j] /= Double(count) }
    self.mean = mean
    let scale = 1 / Double(count - 1).squareRoot()
    func centered(_ range: Range<Int>) -> [Double] {
      range.flatMap { row in
        (0..<dimensions).map { (rows[row * dimensions + $0] - mean[$0]) * scale }
      }
    }
    if count <= dimensions {
      factor = centered(0..<count)
    } else {
      var covariance = [Double](repeating: 0, count: dimensions * dimensions)
      for first in stride(from: 0, to: count, by: 4096) {
        let range = first..<min(first + 4096, count)
        let columns = transposed(centered(range), columns: dimensions)
        let products = InnerProducts.of(columns, columns, length: range.count)
        for i in covariance.indices { covariance[i] += products[i] }
      }
      factor = choleskyFactor(covariance, order: dimensions)
    }
    variance = factor.reduce(0) { $0 + $1 * $1 }
  }

  /// The Fréchet distance of two Gaussians (Dowson & Landau 1982; Heusel et al. 2017, eq. 6):
  /// |m_1 - m_2|² + tr(C_1 + C_2 - 2 (C_1 C_2)^(1/2)), its two parts.
  ///
  /// The eigenvalues of C_1 C_2 = F_1ᵀ F_1 F_2ᵀ F_2 are the squares of the singular values of
  /// F_1 F_2ᵀ, so that no root of a matrix has to be taken.
  package static func frechetDistance(
    _ a: GaussianMoments, _ b: GaussianMoments
  ) -> (mean: Double, covariance: Double) {
    precondition(a.mean.count == b.mean.count, "Gaussians of different spaces")
    let product = InnerProducts.of(a.factor, b.factor, length: a.mean.count)
    let roots = singularValues(product, columns: b.factor.count / b.mean.count)
    let mean = zip(a.mean, b.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    // Rounding may take it a little below 0, which it cannot be.
    return (mean, max(0, a.variance + b.variance - 2 * roots.reduce(0, +)))
  }
}
