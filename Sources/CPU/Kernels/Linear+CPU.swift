internal import CKernels
internal import COneDNN
internal import Compiler

extension Linear: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (rows, inner) = (preparation.shape(input)[0], preparation.shape(input)[1])
    let columns = preparation.shape(output)[1]
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let w = preparation.parameter(weight)
    let b = preparation.parameter(bias)
    return Kernel {
      // oneDNN's product rounds a row differently when there are others.
      st_linear(y, x, w, b, rows, columns, inner)
    }
  }
}

extension LinearBackward: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let rows = preparation.shape(forward.input)[0]
    let inner = preparation.shape(forward.input)[1]
    let columns = preparation.shape(outputGradient)[1]
    let x = preparation.pointer(forward.input)
    let dy = preparation.pointer(outputGradient)
    let dx = inputGradient.map(preparation.pointer)
    let w = preparation.parameter(forward.weight)
    let dw = try preparation.gradient(forward.weight)
    let db = try preparation.gradient(forward.bias)
    return Kernel {
      multiply(dy, transposeA: true, x, into: dw, columns, inner, rows)
      db.update(from: dy, count: columns)
      for row in 1..<max(rows, 1) {
        for column in 0..<columns { db[column] += dy[row * columns + column] }
      }
      if let dx { multiply(dy, w, into: dx, rows, inner, columns) }
    }
  }
}

/// c (rows, columns) = a (rows, inner) times b (inner, columns), all row-major; with `transposeA`, a is
/// stored as (inner, rows).
private func multiply(
  _ a: UnsafePointer<Float>, transposeA: Bool = false, _ b: UnsafePointer<Float>,
  into c: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int, _ inner: Int
) {
  let status = dnnl_sgemm(
    CChar(UInt8(ascii: transposeA ? "T" : "N")), CChar(UInt8(ascii: "N")), dnnl_dim_t(rows),
    dnnl_dim_t(columns), dnnl_dim_t(inner), 1, a, dnnl_dim_t(transposeA ? rows : inner), b,
    dnnl_dim_t(columns), 0, c, dnnl_dim_t(columns))
  if status != dnnl_out_of_memory { return expect(status, "dnnl_sgemm") }
  // It wants memory for copies, which this does without.
  for row in 0..<rows {
    let sums = c + row * columns
    sums.update(repeating: 0, count: columns)
    for i in 0..<inner {
      let factor = transposeA ? a[i * rows + row] : a[row * inner + i]
      for column in 0..<columns { sums[column] += factor * b[i * columns + column] }
    }
  }
}
