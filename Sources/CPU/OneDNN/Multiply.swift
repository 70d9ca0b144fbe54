internal import COneDNN

extension OneDNN {
  /// c (rows, columns) = a (rows, inner) times b (inner, columns), all row-major; with `transposeA`, a is
  /// stored as (inner, rows).
  static func multiply(
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
}
