/// The eigenvalues of a symmetric matrix, the smallest first, by Jacobi's rotations: for small
/// matrices (Golub & Van Loan, Matrix Computations, algorithm 8.5.2).
///
/// - Parameter matrix: `order` rows of as many elements.
package func symmetricEigenvalues(_ matrix: [Double], order n: Int) -> [Double] {
  precondition(matrix.count == n * n, "the matrix is not square")
  var a = matrix
  let scale = a.reduce(0) { $0 + $1 * $1 }
  for _ in 0..<50 {
    var rest = 0.0
    for p in 0..<n { for q in 0..<p { rest += 2 * a[p * n + q] * a[p * n + q] } }
    if rest <= 1e-24 * scale { break }
    for p in 0..<n { for q in 0..<p { rotate(&a, n, p, q) } }
  }
  return (0..<n).map { a[$0 * n + $0] }.sorted()
}

/// Makes element (p, q) zero by a rotation in the plane of the axes p and q.
private func rotate(_ a: inout [Double], _ n: Int, _ p: Int, _ q: Int) {
  guard a[p * n + q] != 0 else { return }
  let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
  let tangent = (theta >= 0 ? 1 : -1) / (theta.magnitude + (theta * theta + 1).squareRoot())
  let cosine = 1 / (tangent * tangent + 1).squareRoot()
  let sine = tangent * cosine
  for k in 0..<n {
    let (x, y) = (a[k * n + p], a[k * n + q])
    a[k * n + p] = cosine * x - sine * y
    a[k * n + q] = sine * x + cosine * y
  }
  for k in 0..<n {
    let (x, y) = (a[p * n + k], a[q * n + k])
    a[p * n + k] = cosine * x - sine * y
    a[q * n + k] = sine * x + cosine * y
  }
}
