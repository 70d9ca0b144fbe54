internal import CKernels

/// Products of many long rows, in double precision on all processors.
package enum InnerProducts {
  /// A Bᵀ: element (i, j) is the sum of row i of `a` times row j of `b`.
  ///
  /// - Parameters:
  ///   - a: (M, length), row-major.
  ///   - b: (N, length).
  ///   - length: elements of a row, at least 1.
  /// - Returns: (M, N). Whole numbers below 2^53 are exact.
  package static func of(_ a: [Double], _ b: [Double], length: Int) -> [Double] {
    precondition(
      length > 0 && a.count % length == 0 && b.count % length == 0,
      "the matrices have no rows of \(length)")
    let (rows, columns) = (a.count / length, b.count / length)
    return [Double](unsafeUninitializedCapacity: rows * columns) { out, initialized in
      if rows * columns > 0 {
        st_inner_products(out.baseAddress, a, rows, b, columns, length)
      }
      initialized = rows * columns
    }
  }
}
