public import Checkpoints
public import SystemPackage

/// A page that shows several training runs beside each other, one HTML file that needs nothing beside it.
public struct ComparedRuns: Sendable {
  private let runs: [RunFacts]

  /// Reads runs, in the order in which they are shown.
  ///
  /// - Throws: `RunError.notARun` where a folder holds none; what keeps one from being read.
  public init(_ folders: [RunFolder]) throws { runs = try folders.map { try RunFacts($0) } }

  /// The page.
  public var html: String { RunsPage(runs).page.text }

  /// Writes the page, whole or not at all.
  ///
  /// - Returns: its bytes.
  @discardableResult
  public func write(to path: FilePath) throws -> Int {
    try RunsPage(runs).page.write(to: path)
  }

  /// The curves of all runs.
  var charts: [Chart] { RunsPage(runs).charts }
}
