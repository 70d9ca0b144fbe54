import Checkpoints
import Foundation
import SystemPackage
import TestSupport
import Testing
import Training

/// Rows of steps that are cut back to a checkpoint.
@Suite struct MetricsFileTests {
  private let folder: TemporaryFolder
  private var path: FilePath { folder / "metrics.csv" }

  init() throws { folder = try TemporaryFolder() }

  private func text() throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path.string)), as: UTF8.self)
  }

  /// A file before and after it is opened at step 2.
  struct Cut: Sendable {
    let before: String
    let after: String
    init(_ before: String, _ after: String) { (self.before, self.after) = (before, after) }
  }

  private static let cuts = [
    Cut("", "step,loss\n"),
    Cut("ste", "step,loss\n"),
    Cut("step,loss\n", "step,loss\n"),
    Cut("step,loss\n1,0.5\n2,0.25\n3,1\n", "step,loss\n1,0.5\n2,0.25\n"),
    Cut("step,loss\n1,0.5\n2,0.25\n3,", "step,loss\n1,0.5\n2,0.25\n"),
    Cut("step,loss\n1,0.5\n2", "step,loss\n1,0.5\n"),
    Cut("step,loss\n1,0.5\n2,0.", "step,loss\n1,0.5\n"),
    Cut("step,loss\n1,0.5\nx,2\n2,3\n", "step,loss\n1,0.5\n"),
  ]

  @Test(arguments: cuts)
  func `only whole rows up to the checkpoint's step are kept`(_ cut: Cut) throws {
    try Data(cut.before.utf8).write(to: URL(filePath: path.string))
    let file = try MetricsFile(path, columns: ["step", "loss"], keepingUpTo: 2)
    try file.flush()
    #expect(try text() == cut.after)
    file.append(7, [0.125])
    try file.flush()
    #expect(try text() == cut.after + "7,0.125\n")
  }

  @Test(arguments: ["", "step,loss\n", "step,loss,share\n", "step,loss\n1,0.5\n3,1\n"])
  func `a file of an older version, which had fewer columns, goes on with these`(before: String)
    throws
  {
    try Data(before.utf8).write(to: URL(filePath: path.string))
    let file = try MetricsFile(
      path, columns: ["step", "loss", "share"], older: 2, keepingUpTo: 2)
    file.append(7, [0.125, 50])
    try file.flush()
    switch before {
    case "", "step,loss,share\n": #expect(try text() == "step,loss,share\n7,0.125,50\n")
    case "step,loss\n": #expect(try text() == "step,loss\n7,0.125\n")
    default: #expect(try text() == "step,loss\n1,0.5\n7,0.125\n")
    }
  }

  @Test func `values are written with seven digits, none and no number as an empty cell`() throws {
    let file = try MetricsFile(path, columns: ["step", "a", "b", "c", "d"], keepingUpTo: 0)
    file.append(1, [1.0 / 3, nil, .nan, 12_345_678])
    file.append(2, [2e-4, .infinity, -0.5, 0])
    try file.flush(isDurable: true)
    #expect(try text() == "step,a,b,c,d\n1,0.3333333,,,12345678\n2,0.0002,,-0.5,0\n")
  }

  @Test(arguments: ["epoch,loss\n1,2\n", "step,loss,other\n1,2,3\n", "x"])
  func `a file of other columns is left alone`(before: String) throws {
    try Data(before.utf8).write(to: URL(filePath: path.string))
    #expect(
      throws: RunError.cannotContinue(path, cause: "it has other columns; move it away")
    ) { try MetricsFile(path, columns: ["step", "loss"], keepingUpTo: 2) }
    #expect(try text() == before)
  }
}
