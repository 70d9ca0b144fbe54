import Foundation
import Stipple

/// How far long work is: a line that changes on a terminal, plain lines now and then elsewhere.
final class Progress {
  private let what: String
  private let total: Int?
  /// When the work began, and when its state was last shown.
  private let start: Duration
  private var shown: Duration
  private let isWatched: Bool
  private let first: Int
  private var isLineOpen = false

  /// - Parameters:
  ///   - what: the unit, as in "120 of 2000 images".
  ///   - total: where the work ends; nil where a clock ends it.
  ///   - first: what was done before, which does not count for the rate.
  init(_ what: String, total: Int?, first: Int = 0, isWatched: Bool = Console.isWatched) {
    self.what = what
    self.total = total
    self.first = first
    self.isWatched = isWatched
    start = WorkClock.now
    shown = start
  }

  /// Shows the state where it is time to; `part` of the next is done too, from 0 to 1.
  ///
  /// - Parameter more: what is shown on a terminal alone, at the end of the line.
  func update(
    _ done: Int, part: Double = 0, _ detail: String = "", more: @autoclosure () -> String = ""
  ) {
    let now = WorkClock.now
    if now - shown < (isWatched ? .milliseconds(200) : .seconds(30)) { return }
    shown = now
    let line = Self.line(
      what, done, part: part, total, first, elapsed: (now - start).seconds, detail)
    if isWatched {
      // A line that reaches the end of its row would go on in the next, and stay there.
      let room = Console.width.map { max(0, $0 - 1) } ?? .max
      let text = PrintableText.escaped(line + more()).prefix(room)
      Console.tell("\r\u{1B}[K" + Self.colored(text))
      isLineOpen = true
    } else {
      Console.note(line)
    }
  }

  /// A line with its sparkline in color, unless the user wants none (no-color.org).
  private static func colored(_ line: Substring) -> String {
    guard let start = line.firstIndex(where: { "\u{2581}"..."\u{2588}" ~= $0 }),
      ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    else { return String(line) }
    return "\(line[..<start])\u{1B}[36m\(line[start...])\u{1B}[39m"
  }

  /// Takes the line away, so that other text may follow.
  func clear() {
    if isLineOpen { Console.tell("\r\u{1B}[K") }
    isLineOpen = false
  }

  /// Tells something without tearing the line.
  func note(_ line: String) {
    clear()
    Console.note(line)
  }

  /// "120 of 2000 images, 31.2/s, 1 min left, loss 0.0312"; "2 of 9 images and 37 % of the next, 12 s each".
  static func line(
    _ what: String, _ done: Int, part: Double = 0, _ total: Int?, _ first: Int, elapsed: Double,
    _ detail: String
  ) -> String {
    let begun = part > 0 ? " and \(Int(100 * part)) % of the next" : ""
    var parts = [(total.map { "\(done) of \($0) \(what)" } ?? "\(done) \(what)") + begun]
    let work = Double(done - first) + part
    let rate = work / max(elapsed, 1e-9)
    if work > 0 {
      parts.append(rate >= 1 ? "\(rounded(rate))/s" : "\(rounded(1 / rate)) s each")
      if let total, done < total {
        parts.append(duration((Double(total - done) - part) / rate) + " left")
      }
    }
    if !detail.isEmpty { parts.append(detail) }
    return parts.joined(separator: ", ")
  }

  /// "45 s", "12 min", "3 h 20 min", "30 days", "13 years".
  static func duration(_ seconds: Double) -> String { durationInWords(seconds) }

  /// "about 12 min", or "roughly 3 h 20 min" where that was not measured.
  static func estimate(_ time: (seconds: Double, isRough: Bool)) -> String {
    (time.isRough ? "roughly " : "about ") + duration(time.seconds)
  }

  private static func rounded(_ value: Double) -> String {
    value >= 100 ? "\(Int(value.rounded()))" : "\((value * 10).rounded() / 10)"
  }
}
