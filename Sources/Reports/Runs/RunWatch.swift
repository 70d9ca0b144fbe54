public import Checkpoints
public import Files
import Foundation
public import SystemPackage
internal import Text

/// Follows a run by the tables, the log and the samples in its folder, whichever process or machine trains it.
///
/// Nothing is written or locked. What is not there yet, or half there, is read the next time.
public struct RunWatch: Sendable {
  /// How it stands with the run.
  public enum State: Sendable, Equatable {
    /// There is nothing of it yet.
    case waiting
    case running
    /// It has made all steps.
    case finished
    /// It was stopped, and can be resumed.
    case stopped
    /// It has ended by an error, or without a word.
    case failed(String)
    /// Its folder was there, and is no more.
    case deleted
  }

  private let folder: RunFolder
  /// How it stands.
  public private(set) var state = State.waiting
  /// Steps made.
  public private(set) var step: Int?
  /// The last one, where that is known.
  public private(set) var lastStep: Int?
  /// The newest picture of samples.
  public private(set) var newestSample: FilePath?
  private var metrics = MetricsTable()
  private var quality = MetricsTable()
  private var hasLooked = false
  /// Bytes of the log that were read.
  private var logged: Int?
  /// When a new row or line was last seen.
  private var lastNews: Duration = .zero
  private let clocks: Clocks
  private static let patience = Duration.seconds(10)

  /// Begins to follow the run of a folder, which need not be there yet.
  ///
  /// - Throws: `RunError.notARun` where something else is.
  public init(_ folder: RunFolder, clocks: Clocks = .system) throws {
    self.folder = folder
    self.clocks = clocks
    guard try Folders.exists(folder.path) else { return }
    let isOther =
      try !Folders.isFolder(folder.path)
      || !Self.isRun(folder) && !Folders.names(in: folder.path).isEmpty
    if isOther { throw RunError.notARun(folder.path, isThere: true) }
  }

  private static func isRun(_ folder: RunFolder) throws -> Bool {
    if RunFolder.isRun(folder.path) { return true }
    return try [
      folder.metrics, folder.log, folder.path.appending("lock"), folder.configuration,
    ].contains {
      try Folders.exists($0)
    }
  }

  /// Reads what is new.
  ///
  /// - Returns: lines of the log that have come since the last time; none the first time.
  public mutating func update() -> [String] {
    let isFirst = !hasLooked
    hasLooked = true
    guard (try? Folders.exists(folder.path)) == true else {
      if state != .waiting { state = .deleted }
      return []
    }
    let before = step
    try? metrics.update(from: folder.metrics)
    try? quality.update(from: folder.quality)
    step = metrics.lastStep ?? step
    if let file = try? folder.settingsFile,
      let settings = try? TrainingSettings(yaml: file, over: .before)
    {
      lastStep = settings.lastStep
    }
    newestSample = (try? folder.files(in: folder.samples, "png"))?.last ?? newestSample
    let lines = newLines()
    if step != before || !lines.isEmpty { lastNews = clocks.elapsed() }
    for line in lines { follow(line) }
    if state == .waiting, step != nil { state = .running }
    if state == .running { endWithoutWord(after: clocks.elapsed() - lastNews) }
    return isFirst ? [] : lines.filter { !$0.hasPrefix(RunLog.inputs) }
  }

  /// Ends a run that says nothing any more: one whose process is no more, or that had nothing left to do.
  private mutating func endWithoutWord(after silence: Duration) {
    let isDone = lastStep.map { (step ?? 0) >= $0 } ?? false
    if silence > Self.patience, isOwnerGone {
      state =
        isDone ? .finished : .failed("the process that trained it has ended without saying why")
    } else if isDone, silence > Self.patience * 60 {
      state = .finished
    }
  }

  private mutating func follow(_ line: String) {
    switch line {
    case _ where line.hasPrefix(RunLog.end): state = .finished
    case _ where line.hasPrefix(RunLog.stop): state = .stopped
    case _ where line.hasPrefix(RunLog.failure):
      state = .failed(String(line.dropFirst(RunLog.failure.count)))
    default: state = .running
    }
  }

  /// Whole lines of the log that are new, without their times.
  private mutating func newLines() -> [String] {
    guard let (descriptor, size) = try? RegularFile.openForReading(folder.log) else { return [] }
    defer { try? descriptor.close() }
    // The beginning of a long log is of no interest; a shorter one is another.
    var start = logged ?? max(0, size - 1 << 16)
    if size < start { start = 0 }
    var bytes = [UInt8](repeating: 0, count: min(size - start, 1 << 20))
    let count = try? bytes.withUnsafeMutableBytes { try descriptor.readAll(at: start, into: $0) }
    let whole = bytes[..<(count ?? 0)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    logged = start + whole
    return RunLog(text: String(decoding: bytes[..<whole], as: UTF8.self)).lines.map(\.text)
  }

  /// Whether the process that holds the run is known to be no more: it was one of this machine.
  private var isOwnerGone: Bool {
    guard
      let text = try? String(contentsOfFile: folder.path.appending("lock").string, encoding: .utf8)
    else { return false }
    let words = text.prefix { $0 != "\n" }.split(separator: " ")
    guard words.count == 4, words[0] == "process", words[2] == "on", let process = Int32(words[1]),
      words[3] == RunLock.host
    else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  /// How the run stands: "loss 0.0312, validation loss 0.0331, distance of samples 19.5".
  public var detail: String {
    let figures = [
      ("loss", metrics[column: "loss"].mean(ofLast: 0.02)),
      ("validation loss", metrics[column: "validation_loss"].pieces.last?.mean),
      ("distance of samples", quality[column: "sliced_wasserstein"].pieces.last?.mean),
    ].compactMap { name, value in value.map { "\(name) \(Readable.number($0))" } }
    return figures.joined(separator: ", ")
  }

  /// The course of the loss: "▇▅▃▂▁".
  public var course: String {
    var line = Sparkline()
    for point in metrics[column: "loss"].smoothed { line.add(point.y) }
    return line.text()
  }
}
