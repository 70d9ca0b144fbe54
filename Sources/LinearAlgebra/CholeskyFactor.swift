/// Cholesky's factor U of a symmetric matrix without negative eigenvalues, with Uᵀ U equal to it (Golub &
/// Van Loan, Matrix Computations, algorithm 4.2.1).
///
/// A row that depends on those before it becomes zero.
///
/// - Parameter matrix: `order` rows of as many elements.
package func choleskyFactor(_ matrix: [Double], order n: Int) -> [Double] {
  precondition(matrix.count == n * n, "the matrix is not square")
  var a = matrix
  a.withUnsafeMutableBufferPointer { a in
    for k in 0..<n {
      let pivot = a[k * n + k]
      for j in 0..<k { a[k * n + j] = 0 }
      let isDependent = pivot <= 1e-14 * matrix[k * n + k]
      let scale = isDependent ? 0 : 1 / pivot.squareRoot()
      for j in k..<n { a[k * n + j] *= scale }
      if isDependent { continue }
      for i in (k + 1)..<n where a[k * n + i] != 0 {
        let factor = a[k * n + i]
        for j in i..<n { a[i * n + j] -= factor * a[k * n + j] }
      }
    }
  }
  return a
}

/// x of Uᵀ U x = b; 0 where U's row is.
package func choleskySolution(_ factor: [Double], _ b: [Double]) -> [Double] {
  let n = b.count
  precondition(factor.count == n * n, "the factor has another order")
  var x = b
  for k in 0..<n {
    let pivot = factor[k * n + k]
    for i in 0..<k { x[k] -= factor[i * n + k] * x[i] }
    x[k] = pivot == 0 ? 0 : x[k] / pivot
  }
  for k in (0..<n).reversed() {
    let pivot = factor[k * n + k]
    for j in (k + 1)..<n { x[k] -= factor[k * n + j] * x[j] }
    x[k] = pivot == 0 ? 0 : x[k] / pivot
  }
  return x
}
