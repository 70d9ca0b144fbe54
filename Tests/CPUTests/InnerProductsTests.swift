import CPU
import Testing

@Suite struct InnerProductsTests {
  /// Sizes about the kernel's tiles of 4 rows, vectors of 8, pieces of 512 and panels of 128.
  static let sizes = [(1, 1, 1), (4, 4, 8), (7, 5, 13), (3, 131, 9), (5, 6, 1030)]

  /// Compares what is found for each pair of rows with the sum of `term` over their numbers.
  private func expect(
    _ rows: Int, _ columns: Int, _ length: Int,
    _ found: (_ a: [Double], _ b: [Double]) -> [Double], sumOf term: (Double, Double) -> Double
  ) {
    let a = (0..<(rows * length)).map { Double($0 * $0 % 251) }
    let b = (0..<(columns * length)).map { Double($0 * 7 % 253) - 100 }
    let found = found(a, b)
    for i in 0..<rows {
      for j in 0..<columns {
        let sum = (0..<length).reduce(0) { $0 + term(a[i * length + $1], b[j * length + $1]) }
        #expect(found[i * columns + j] == sum)
      }
    }
  }

  @Test(arguments: sizes)
  func `rows are multiplied exactly`(rows: Int, columns: Int, length: Int) {
    expect(rows, columns, length, { InnerProducts.of($0, $1, length: length) }, sumOf: *)
  }

  @Test(arguments: sizes)
  func `squared distances are exact`(rows: Int, columns: Int, length: Int) {
    expect(
      rows, columns, length, { InnerProducts.squaredDistances($0, $1, length: length) },
      sumOf: { ($0 - $1) * ($0 - $1) })
  }

  @Test func `a distance has the same bits wherever its rows lie, and none is negative`() {
    let length = 1037
    let a = (0..<(10 * length)).map { 1e8 + 1 / Double($0 * $0 % 251 + 3) }
    let found = InnerProducts.squaredDistances(a, a, length: length)
    for i in 0..<10 {
      #expect(found[i * 10 + i] == 0)
      for j in 0..<10 { #expect(found[i * 10 + j] == found[j * 10 + i]) }
      let row = Array(a[(i * length)..<((i + 1) * length)])
      #expect(
        InnerProducts.squaredDistances(a, row, length: length)
          == (0..<10).map { found[$0 * 10 + i] })
    }
  }

  @Test func `no rows have no products`() {
    #expect(InnerProducts.of([], [1, 2], length: 2) == [])
  }
}
