import Foundation
internal import Text

extension Evaluation {
  /// The figures as a table for people: the bound's parts, and by about ten ranges of timesteps what
  /// each adds to it.
  public var lines: [String] {
    var parts = TextTable(.left, .right, .right)
    parts.append("", "bits/dim", "+-")
    for (name, part) in [
      ("L_T (prior)", prior), ("L_1 to L_T-1 (denoising)", denoising),
      ("L_0 (decoder)", decoder), ("bound", bound),
    ] {
      parts.append(name, Self.text(part.mean), part.standardError.map(Self.text) ?? "")
    }
    parts.append("loss", Self.text(loss.mean), loss.standardError.map(Self.text) ?? "")

    var curve = TextTable(.left, .right, .right)
    curve.append("timesteps", "bits/dim", "loss")
    for group in groups {
      let steps = group.map { Double($0.last - $0.first + 1) }
      let bits = zip(group, steps).reduce(0) { $0 + $1.0.bits.mean * $1.1 }
      let loss = zip(group, steps).reduce(0) { $0 + $1.0.loss.mean * $1.1 }
      let (first, last) = (group.first?.first ?? 0, group.last?.last ?? 0)
      curve.append(
        first == last ? "\(first)" : "\(first)-\(last)", Self.text(bits),
        Self.text(loss / steps.reduce(0, +)))
    }
    return parts.lines + [""] + curve.lines
  }

  /// Timestep 0, and the other ranges in at most ten groups.
  private var groups: [ArraySlice<Row>] {
    let rest = rows.dropFirst()
    let count = min(rest.count, 10)
    let ends = (0...count).map { 1 + $0 * rest.count / max(1, count) }
    return [rows.prefix(1)] + zip(ends, ends.dropFirst()).map { rows[$0..<$1] }
  }

  private static func text(_ value: Double) -> String { String(format: "%.4f", value) }
}
