internal import CKernels

/// Products and distances of many long rows, in double precision on all processors.
package enum InnerProducts {
  private typealias Kernel = (
    UnsafeMutablePointer<Double>?, UnsafePointer<Double>?, Int, UnsafePointer<Double>?, Int, Int
  ) -> Void

  /// A Bᵀ: element (i, j) is the sum of row i of `a` times row j of `b`.
  ///
  /// - Parameters:
  ///   - a: (M, length), row-major.
  ///   - b: (N, length).
  ///   - length: elements of a row, at least 1.
  /// - Returns: (M, N). Whole numbers below 2^53 are exact.
  package static func of(_ a: [Double], _ b: [Double], length: Int) -> [Double] {
    pairs(a, b, length, st_inner_products)
  }

  /// Squared distances: element (i, j) is the sum of the squared differences of row i of `a` and row j
  /// of `b`.
  ///
  /// - Returns: (M, N). Equal rows are at 0, and a distance is the same to the bit whichever of two rows
  ///   comes first and wherever they lie.
  package static func squaredDistances(_ a: [Double], _ b: [Double], length: Int) -> [Double] {
    pairs(a, b, length, st_squared_distances)
  }

  private static func pairs(_ a: [Double], _ b: [Double], _ length: Int, _ kernel: Kernel)
    -> [Double]
  {
    precondition(
      length > 0 && a.count % length == 0 && b.count % length == 0,
      "the matrices have no rows of \(length)")
    let (rows, columns) = (a.count / length, b.count / length)
    return [Double](unsafeUninitializedCapacity: rows * columns) { out, initialized in
      if rows * columns > 0 { kernel(out.baseAddress, a, rows, b, columns, length) }
      initialized = rows * columns
    }
  }
}
