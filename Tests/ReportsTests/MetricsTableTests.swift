import Foundation
import Reports
import SystemPackage
import TestSupport
import Testing

/// Tables of numbers by step, read while they grow.
@Suite struct MetricsTableTests {
  private let folder: TemporaryFolder
  private var path: FilePath { folder / "metrics.csv" }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path.string))
  }

  @Test func `columns are found by their names, empty cells are none`() throws {
    try write("step,loss,rate\n1,0.5,1e-05\n2,,2.5e-3\n3,-1.25,\n")
    var table = MetricsTable()
    try table.update(from: path)
    #expect(table.columns == ["loss", "rate"] && table.lastStep == 3)
    #expect(table[column: "loss"].points == [Point(1, 0.5), Point(3, -1.25)])
    #expect(table[column: "rate"].points == [Point(1, 1e-5), Point(2, 2.5e-3)])
    #expect(table[column: "other"].isEmpty)
    #expect(table.last("rate") == nil && table.last("loss") == -1.25)
  }

  @Test func `numbers are read as exactly as they are written`() throws {
    let texts = [
      "0.1234567", "3.48124", "1.4e-06", "12345678", "1e300", "-7.5e-300", "123456789012345678",
    ]
    try write("step,a\n" + texts.enumerated().map { "\($0.offset + 1),\($0.element)\n" }.joined())
    var table = MetricsTable()
    try table.update(from: path)
    for (point, text) in zip(table[column: "a"].points, texts) {
      let expected = try #require(Double(text))
      #expect(abs(point.y - expected) <= abs(expected) * 1e-15, "\(text)")
    }
    #expect(table[column: "a"].count == texts.count)
  }

  @Test func `rows that are added are read by themselves, and no half one`() throws {
    try write("step,loss\n1,5\n2,4")
    var table = MetricsTable()
    try table.update(from: path)
    #expect(table[column: "loss"].points == [Point(1, 5)])
    try write("step,loss\n1,5\n2,4\n3,3\n")
    try table.update(from: path)
    #expect(table[column: "loss"].points == [Point(1, 5), Point(2, 4), Point(3, 3)])
    // A run that was begun anew.
    try write("step,loss\n1,9\n")
    try table.update(from: path)
    #expect(table[column: "loss"].points == [Point(1, 9)])
  }

  @Test(arguments: [
    "", "step", "\n\n\n", "step,loss\nx,1\n-3,1\n1.5,2\n,,\n", "\u{0}\u{1}\n\u{2},\n",
    "step,loss\n99999999999999999999,1\n1e,2\n2,1e\n3,e5\n4,--1\n5,.\n6,-\n7,nan\n",
    "step,loss\n1,1e99999999999999999999\n",
  ])
  func `what is no table breaks nothing`(_ text: String) throws {
    try write(text)
    var table = MetricsTable()
    try table.update(from: path)
    #expect(table[column: "loss"].points.allSatisfy { $0.y.isFinite })
  }

  @Test func `ends of lines of another system are left out`() throws {
    try write("step,loss\r\n1,0.5\r\n")
    var table = MetricsTable()
    try table.update(from: path)
    #expect(table.columns == ["loss"] && table[column: "loss"].points == [Point(1, 0.5)])
  }
}
