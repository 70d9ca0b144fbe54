import Foundation

/// The course of a figure in a row of characters: "▇▅▃▂▂▁".
public struct Sparkline: Sendable {
  private static let levels = Array("▁▂▃▄▅▆▇█")
  /// Means of neighboring values, each of `span` of them.
  private var means: [Double] = []
  private var span = 1
  private var sum = 0.0
  private var count = 0

  /// One of no values.
  public init() {}

  /// Adds the next value; one that is not finite is left out.
  public mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    (sum, count) = (sum + value, count + 1)
    if count < span { return }
    means.append(sum / Double(count))
    (sum, count) = (0, 0)
    if means.count == 256 {
      means = stride(from: 0, to: 256, by: 2).map { (means[$0] + means[$0 + 1]) / 2 }
      span *= 2
    }
  }

  /// The values so far in at most `width` characters, the lowest as the lowest; equal ratios are equally high where
  /// all values are positive.
  public func text(width: Int = 12) -> String {
    let parts = min(width, means.count)
    if parts < 2 { return "" }
    let columns = (0..<parts).map { part in
      let own = means[(part * means.count / parts)..<((part + 1) * means.count / parts)]
      return own.reduce(0, +) / Double(own.count)
    }
    let heights = columns.allSatisfy { $0 > 0 } ? columns.map { log($0) } : columns
    guard let low = heights.min(), let high = heights.max() else { return "" }
    let top = Double(Self.levels.count - 1)
    return String(
      heights.map { height in
        Self.levels[high > low ? Int(((height - low) / (high - low) * top).rounded()) : 0]
      })
  }
}
