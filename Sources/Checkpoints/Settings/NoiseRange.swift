/// Noise in gray levels of 255, from one standard deviation to another: "0..75".
public struct NoiseRange: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The least noise.
  public let lowest: Double
  /// The most noise.
  public let highest: Double

  /// Reads two numbers with two dots between them.
  public init?(_ text: String) {
    guard let ends = Self.ends(text), ends.lowest >= 0, ends.highest > ends.lowest else {
      return nil
    }
    (lowest, highest) = ends
  }

  /// Two finite numbers with two dots between them, or three.
  static func ends(_ text: String) -> (lowest: Double, highest: Double)? {
    let parts = text.split(separator: #/\.\.\.?/#, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].hasPrefix("."), let lowest = Double(parts[0]),
      let highest = Double(parts[1]),
      lowest.isFinite, highest.isFinite
    else { return nil }
    return (lowest, highest)
  }

  /// Two numbers with two dots between them, which read again are the same.
  static func text(_ lowest: Double, _ highest: Double) -> String {
    [lowest, highest].map(SettingRange.text).joined(separator: "..")
  }

  /// The same on the scale of images from -1 to 1.
  package var levels: ClosedRange<Double> { (lowest / 127.5)...(highest / 127.5) }

  /// `0..75`.
  public var description: String { Self.text(lowest, highest) }

  /// Reads a text such as `0..75`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let range = NoiseRange(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a noise range such as 0..75")
    }
    self = range
  }

  /// Writes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
