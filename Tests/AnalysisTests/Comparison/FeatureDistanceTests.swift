import Analysis
import LinearAlgebra
import Testing

/// Distances of features, to values of SciPy's from `Tests/Fixtures/comparison.py`.
@Suite struct FeatureDistanceTests {
  /// Row i, column j: whole numbers in a pattern, and a slope along the columns.
  private func features(_ rows: Int, _ columns: Int, slope: Double) -> [Double] {
    var numbers: [Double] = []
    for i in 0..<rows {
      for j in 0..<columns {
        let level: Int = (i * i * 7 + i * j * 13 + j * 5) % 101
        numbers.append(Double(level) / 50 + slope * Double(j) / Double(columns))
      }
    }
    return numbers
  }

  @Test(arguments: [
    (40, 50, 2.068374080000001, 0.055753901408856166, 4.393393155496607),
    // Fewer rows than columns: covariances without an inverse.
    (9, 7, 1.9580976977828173, 0.8327997919529109, 2.4601685918189773),
  ])
  func `Frechet and kernel distances are SciPy's`(
    rows: Int, otherRows: Int, mean: Double, covariance: Double, kernel: Double
  ) {
    let a = features(rows, 12, slope: 0.5)
    let b = features(otherRows, 12, slope: -0.25)
    let parts = GaussianMoments.frechetDistance(
      GaussianMoments(a, dimensions: 12), GaussianMoments(b, dimensions: 12))
    #expect(abs(parts.mean - mean) < 1e-12)
    #expect(abs(parts.covariance - covariance) < 1e-7 * covariance)
    let comparison = FeatureComparison(a, b, dimensions: 12, seed: 0)
    #expect(abs(comparison.frechetDistance - mean - covariance) < 1e-6 * (mean + covariance))
    #expect(abs(comparison.kernelDistance - kernel) < 1e-12 * kernel)
    #expect(comparison.kernelDeviation == nil)
  }

  @Test func `equal sets have the Frechet distance 0, though numbers depend on each other`() {
    var rows: [Double] = []
    for row in 0..<30 {
      let (x, y) = (Double(row * row % 17), Double(row * 5 % 11))
      rows += [x, y, x + y, 3, x - 2 * y]
    }
    let moments = GaussianMoments(rows, dimensions: 5)
    let parts = GaussianMoments.frechetDistance(moments, moments)
    #expect(parts.mean == 0)
    #expect(abs(parts.covariance) < 1e-12 * moments.variance)
  }

  @Test func `the kernel distance of many rows is a mean over subsets`() throws {
    let a = features(150, 3, slope: 0)
    let b = features(120, 3, slope: 0.8)
    func distance(seed: UInt64) -> KernelDistance {
      KernelDistance(a, b, dimensions: 3, seed: seed, subset: 40, subsets: 50)
    }
    let all = KernelDistance(a, b, dimensions: 3, seed: 1)
    let found = distance(seed: 1)
    let deviation = try #require(found.deviation)
    #expect(deviation > 0 && all.deviation == nil)
    #expect(abs(found.value - all.value) < 3 * deviation / 50.0.squareRoot())
    #expect(found.value == distance(seed: 1).value && found.value != distance(seed: 2).value)
  }

  @Test func `singular values are those that a matrix was made of`() {
    // Reflections I - 2 v vᵀ on both sides of a diagonal.
    func reflected(_ matrix: [Double], columns: Int) -> [Double] {
      let rows = matrix.count / columns
      let v = (0..<rows).map { Double($0 * $0 % 7) - 2.5 }
      let norm = v.reduce(0) { $0 + $1 * $1 }
      return (0..<matrix.count).map { at in
        let product = (0..<rows).reduce(0) { $0 + v[$1] * matrix[$1 * columns + at % columns] }
        return matrix[at] - 2 * v[at / columns] * product / norm
      }
    }
    let values = [7.0, 3, 3, 1e-5, 1e-12, 0]
    for columns in [6, 9] {
      var matrix = [Double](repeating: 0, count: 6 * columns)
      for (i, value) in values.enumerated() { matrix[i * columns + i] = value }
      let turned = transposed(
        reflected(transposed(reflected(matrix, columns: columns), columns: columns), columns: 6),
        columns: 6)
      for (found, value) in zip(singularValues(turned, columns: columns), values) {
        #expect(abs(found - value) < 1e-14 * 7)
      }
    }
    #expect(singularValues([0, 0, 0, 0], columns: 2) == [0, 0])
    #expect(singularValues([3, 4], columns: 1).map { ($0 * 1e12).rounded() } == [5e12])
  }
}
