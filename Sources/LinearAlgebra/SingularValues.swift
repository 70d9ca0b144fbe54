/// The singular values of a matrix, the largest first.
///
/// Householder's reflections bring the matrix to two diagonals (Golub & Van Loan, Matrix Computations,
/// algorithm 5.4.2). With zeros put between them, these are a symmetric matrix of three diagonals that
/// has the singular values and their negatives as eigenvalues (Golub & Kahan 1965), of which Sturm's
/// sequence tells how many lie above a number. No squares of the matrix are taken, so that small
/// values keep their digits: errors are some units in the last place of the largest.
///
/// - Parameters:
///   - matrix: row-major.
///   - columns: its columns.
package func singularValues(_ matrix: [Double], columns: Int) -> [Double] {
  precondition(columns > 0 && matrix.count % columns == 0, "no matrix of \(columns) columns")
  let rows = matrix.count / columns
  if rows == 0 { return [] }
  let bidiagonal =
    rows >= columns
    ? Bidiagonal(matrix, rows: rows, columns: columns)
    : Bidiagonal(transposed(matrix, columns: columns), rows: columns, columns: rows)
  return bidiagonal.singularValues
}

/// The transpose of a row-major matrix.
package func transposed(_ matrix: [Double], columns: Int) -> [Double] {
  let rows = matrix.count / columns
  var result = [Double](repeating: 0, count: matrix.count)
  for i in 0..<rows { for j in 0..<columns { result[j * rows + i] = matrix[i * columns + j] } }
  return result
}

/// The two diagonals to which a matrix can be turned without a change of its singular values.
private struct Bidiagonal {
  /// d_1, e_1, d_2, e_2, … d_n: the diagonal's elements and those beside it.
  private var elements: [Double] = []

  /// Of a matrix with at least as many rows as columns.
  init(_ matrix: [Double], rows: Int, columns: Int) {
    var a = matrix
    a.withUnsafeMutableBufferPointer { a in
      var (reflection, products) = ([Double](), [Double]())
      for k in 0..<columns {
        // A reflection of the rows makes column k zero below the diagonal.
        reflection = (k..<rows).map { a[$0 * columns + k] }
        elements.append(Self.reflect(&reflection))
        products = [Double](repeating: 0, count: columns - k)
        for i in k..<rows {
          let row = UnsafeMutableBufferPointer(rebasing: a[(i * columns + k)..<((i + 1) * columns)])
          add(UnsafeBufferPointer(row), times: reflection[i - k], to: &products)
        }
        for i in k..<rows {
          let row = UnsafeMutableBufferPointer(rebasing: a[(i * columns + k)..<((i + 1) * columns)])
          subtract(products, times: reflection[i - k], from: row)
        }
        if k + 1 == columns { break }
        // One of the columns makes row k zero behind the element beside the diagonal.
        reflection = Array(a[(k * columns + k + 1)..<((k + 1) * columns)])
        elements.append(Self.reflect(&reflection))
        for i in (k + 1)..<rows {
          let row = UnsafeMutableBufferPointer(
            rebasing: a[(i * columns + k + 1)..<((i + 1) * columns)])
          subtract(reflection, times: dot(UnsafeBufferPointer(row), reflection), from: row)
        }
      }
    }
  }

  /// Makes of x the vector v, of length root 2, by which I - v vᵀ turns x to the first axis.
  ///
  /// - Returns: what x becomes there; where x is zero, so is v.
  private static func reflect(_ x: inout [Double]) -> Double {
    let largest = x.reduce(0) { max($0, $1.magnitude) }
    guard largest > 0 else { return 0 }
    let norm = largest * x.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
    let target = x[0] > 0 ? -norm : norm
    // |x - target|² / 2 = norm (norm + |x_0|)
    let scale = 1 / (norm.squareRoot() * (norm + x[0].magnitude).squareRoot())
    x[0] -= target
    for i in x.indices { x[i] *= scale }
    return target
  }

  /// The singular values by bisection.
  package var singularValues: [Double] {
    let beside = elements.map(\.magnitude)
    let bound = zip(beside, beside.dropFirst() + [0]).reduce(0) { max($0, $1.0 + $1.1) }
    guard bound > 0, bound.isFinite else {
      return [Double](repeating: bound, count: (elements.count + 1) / 2)
    }
    let squares = elements.map { ($0 / bound) * ($0 / bound) }
    var (values, upper) = ([Double](), 1.0)
    for number in 0..<((elements.count + 1) / 2) {
      var (low, high) = (0.0, upper)
      while high - low > 1e-16 + 2e-16 * high {
        let middle = (low + high) / 2
        if middle <= low || middle >= high { break }
        if Self.above(middle, squares) > number { low = middle } else { high = middle }
      }
      values.append(bound * (low + high) / 2)
      upper = high
    }
    return values
  }

  /// How many eigenvalues lie above x, in Sturm's sequence q_i = x - b²_{i-1} / q_{i-1}.
  private static func above(_ x: Double, _ squares: [Double]) -> Int {
    var (q, count) = (x, 0)
    for square in squares {
      q = x - square / (q.magnitude < 1e-300 ? 1e-300 : q)
      if q < 0 { count += 1 }
    }
    return count
  }
}

/// sum += factor · x
private func add(_ x: UnsafeBufferPointer<Double>, times factor: Double, to sum: inout [Double]) {
  sum.withUnsafeMutableBufferPointer { sum in for i in x.indices { sum[i] += factor * x[i] } }
}

/// x -= factor · v
private func subtract(
  _ v: [Double], times factor: Double, from x: UnsafeMutableBufferPointer<Double>
) {
  v.withUnsafeBufferPointer { v in for i in x.indices { x[i] -= factor * v[i] } }
}

/// The sum of products, in eight parts that the processor adds up side by side.
private func dot(_ x: UnsafeBufferPointer<Double>, _ y: [Double]) -> Double {
  y.withUnsafeBufferPointer { y in
    var parts = SIMD8<Double>.zero
    let whole = x.count / 8 * 8
    for i in stride(from: 0, to: whole, by: 8) {
      var (a, b) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
      for lane in 0..<8 { (a[lane], b[lane]) = (x[i + lane], y[i + lane]) }
      parts += a * b
    }
    var sum = parts.sum()
    for i in whole..<x.count { sum += x[i] * y[i] }
    return sum
  }
}
