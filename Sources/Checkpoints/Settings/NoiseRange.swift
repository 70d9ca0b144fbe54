internal import Text

/// Noise in gray levels of 255, from one standard deviation to another: "0..75".
public struct NoiseRange: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The least noise.
  public let lowest: Double
  /// The most noise.
  public let highest: Double

  /// Reads two numbers with two dots between them.
  public init?(_ text: String) {
    guard let dots = text.firstRange(of: ".."), let lowest = Double(text[..<dots.lowerBound]),
      let highest = Double(text[dots.upperBound...]), lowest >= 0, highest > lowest,
      highest.isFinite
    else { return nil }
    (self.lowest, self.highest) = (lowest, highest)
  }

  /// The same on the scale of images from -1 to 1.
  package var levels: ClosedRange<Double> { (lowest / 127.5)...(highest / 127.5) }

  /// `0..75`.
  public var description: String { "\(Readable.number(lowest))..\(Readable.number(highest))" }

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
