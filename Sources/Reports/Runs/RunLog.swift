internal import Checkpoints
internal import Files
import Foundation
internal import SystemPackage

/// What a run's log tells: a line each with the time.
struct RunLog: Sendable {
  struct Line: Sendable, Equatable {
    /// As in `2026-05-01T12:00:00Z`.
    let time: String
    let text: String
  }

  /// All lines, or of a very long log the first and the last ones.
  private(set) var lines: [Line] = []
  /// Bytes that are read of either end at most.
  private static let most = 2 << 20

  /// The log of a run; empty where there is none that can be read.
  init(_ path: FilePath) {
    guard let (descriptor, size) = try? RegularFile.openForReading(path) else { return }
    defer { try? descriptor.close() }
    func text(from start: Int, _ count: Int) -> Substring {
      var bytes = [UInt8](repeating: 0, count: count)
      let read = try? bytes.withUnsafeMutableBytes { try descriptor.readAll(at: start, into: $0) }
      return String(decoding: bytes[..<(read ?? 0)], as: UTF8.self)[...]
    }
    if size <= 2 * Self.most {
      add(text(from: 0, size))
    } else {
      add(text(from: 0, Self.most))
      lines = lines.dropLast()
      add(text(from: size - Self.most, Self.most).drop { $0 != "\n" })
    }
  }

  init(text: String) { add(text[...]) }

  private mutating func add(_ text: Substring) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2, parts[0].hasPrefix("2"), parts[0].hasSuffix("Z") {
        lines.append(Line(time: String(parts[0]), text: String(parts[1])))
      }
    }
  }

  /// Where the newest run of the folder began.
  private var start: Int { lines.lastIndex { $0.text.hasPrefix("new run in ") } ?? 0 }

  /// What the images are like, and what follows from it, as the run told when it began.
  var survey: [String] {
    guard lines.indices.contains(start), lines[start].text.hasPrefix("new run in ") else {
      return []
    }
    let told = lines[(start + 1)...].map(\.text).prefix {
      line in
      !["step ", "resuming from ", Self.end, Self.stop, Self.failure].contains(
        where: line.hasPrefix)
    }
    return told.filter { !$0.hasPrefix(Self.inputs) && !$0.hasPrefix("new run in ") }
  }

  /// What the images of a session come from, before a line's words of a command.
  static let inputs = "images from: "

  /// The last line of a session: of one that has ended the run, was stopped, or failed.
  static let (end, stop, failure) = ("the run ended after ", "stopped after ", "failed: ")

  /// Why the last session failed; nil where it did not, or goes on.
  var failure: String? {
    guard let last = lines.last?.text, last.hasPrefix(Self.failure) else { return nil }
    return String(last.dropFirst(Self.failure.count))
  }

  /// What may spoil the run, before a line's sentence.
  static let warning = "warning: "

  /// The images of the last session, as words of a command; nil where the log does not tell.
  var images: String? {
    lines.last { $0.text.hasPrefix(Self.inputs) }.map {
      String($0.text.dropFirst(Self.inputs.count))
    }
  }

  /// When the run began, and when it last told anything.
  var times: (first: String, last: String)? {
    guard lines.indices.contains(start), let last = lines.last else { return nil }
    return (lines[start].time, last.time)
  }

  /// How often it was continued.
  var resumes: Int {
    lines.indices.contains(start)
      ? lines[start...].count { $0.text.hasPrefix("resuming from ") } : 0
  }

  /// What happened beside checkpoints and the survey: resumes, changes, skipped steps, images left out, errors.
  var events: [Line] {
    guard lines.indices.contains(start) else { return [] }
    let told = Set(survey)
    return lines[start...].filter { line in
      let isSaved = line.text.hasPrefix("step ") && line.text.contains(", saved ")
      let isDrawn = line.text.hasPrefix("step ") && line.text.contains(": samples, sliced ")
      return !isSaved && !isDrawn && !line.text.hasPrefix(Self.inputs) && !told.contains(line.text)
    }
  }

  /// Whether an event is one to look at.
  static func isTrouble(_ text: String) -> Bool {
    if ["resuming from ", "new run in ", "the run "].contains(where: text.hasPrefix) {
      return false
    }
    return text.contains("not finite") || text.hasPrefix("left out") || text.contains(": could not")
      || text.contains("broken") || text.contains("fail")
  }
}
