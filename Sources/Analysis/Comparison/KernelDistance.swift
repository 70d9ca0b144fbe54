internal import CPU
internal import Random

/// The kernel distance (KID) of two sets of features: the squared maximum mean discrepancy with the
/// kernel (x · y / D + 1)³, without bias (Bińkowski et al. 2018, eq. 4 and section 4).
///
/// Of more than 1,000 rows, the mean over 100 random subsets of 1,000, as published.
package struct KernelDistance: Sendable {
  /// The estimate, which may be below 0.
  package let value: Double
  /// The standard deviation among the subsets; nil where all rows were taken at once.
  package let deviation: Double?

  /// Of two sets (N, D) and (M, D) of at least two rows.
  ///
  /// - Parameters:
  ///   - subset: how many rows are taken at once at most.
  ///   - subsets: how often, where there are more.
  ///   - progress: is told how many of how many subsets are done.
  package init(
    _ a: [Double], _ b: [Double], dimensions: Int, seed: UInt64, subset: Int = 1000,
    subsets: Int = 100, progress: (Int, Int) -> Void = { _, _ in }
  ) {
    let (n, m) = (a.count / dimensions, b.count / dimensions)
    precondition(n > 1 && m > 1, "a discrepancy of single rows")
    if max(n, m) <= subset {
      value = Self.discrepancy(a, b, dimensions)
      deviation = nil
      return
    }
    let values = (0..<subsets).map { number in
      progress(number, subsets)
      func drawn(_ rows: [Double], _ count: Int, side: Int) -> [Double] {
        let order = RandomStream(
          seed: seed, purpose: .comparison, index: number, step: side, site: 3
        ).permutation(of: count)
        return order.prefix(subset).flatMap {
          rows[($0 * dimensions)..<(($0 + 1) * dimensions)]
        }
      }
      return Self.discrepancy(drawn(a, n, side: 0), drawn(b, m, side: 1), dimensions)
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = mean
    deviation = (squares / Double(values.count)).squareRoot()
  }

  private static func discrepancy(_ a: [Double], _ b: [Double], _ dimensions: Int) -> Double {
    func kernels(_ x: [Double], _ y: [Double]) -> [Double] {
      InnerProducts.of(x, y, length: dimensions).map {
        let base = $0 / Double(dimensions) + 1
        return base * base * base
      }
    }
    /// The mean over pairs of different rows.
    func within(_ x: [Double]) -> Double {
      let n = x.count / dimensions
      let values = kernels(x, x)
      let own = (0..<n).reduce(0) { $0 + values[$1 * n + $1] }
      return (values.reduce(0, +) - own) / Double(n * (n - 1))
    }
    let between = kernels(a, b)
    return within(a) + within(b) - 2 * between.reduce(0, +) / Double(between.count)
  }
}
