public import Checkpoints
public import SystemPackage

/// A page that shows a training run: one HTML file that needs nothing beside it.
///
///     let report = try RunReport(RunFolder("run"))
///     try report.write()   // run/report.html
///
/// It holds where the run stands and what to do next, its curves, its samples, what is known of its data, its
/// settings and what happened. Of a run of any length it has less than 3 MB.
public struct RunReport: Sendable {
  package private(set) var run: RunFacts

  /// What a run's log has before the words of a command that name its images.
  package static let imagesPrefix = RunLog.inputs

  /// What a run's log has where a session ends: with the run, before it, or by an error.
  package static let (endPrefix, stopPrefix) = (RunLog.end, RunLog.stop)
  package static let failurePrefix = RunLog.failure

  /// What a run's log has before a warning of its survey.
  package static let warningPrefix = RunLog.warning

  /// Reads a run.
  ///
  /// - Throws: `RunError.notARun` where the folder holds none; what keeps it from being read.
  public init(_ folder: RunFolder) throws { run = try RunFacts(folder) }

  /// Reads what is new since.
  public mutating func update() throws { try run.update() }

  /// The page.
  public var html: String { RunPage(run).page.text }

  /// Writes the page, whole or not at all.
  ///
  /// - Parameter path: where to; nil for `report.html` in the run folder.
  /// - Returns: its bytes.
  @discardableResult
  public func write(to path: FilePath? = nil) throws -> Int {
    try RunPage(run).page.write(to: path ?? run.folder.report)
  }
}
