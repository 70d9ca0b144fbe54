internal import Diffusion
internal import Text

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

  /// What keeps a schedule from having this noise: `0..75: the noise schedule ends at 10.1`; nil where it has it.
  ///
  /// Less noise than at its first timestep is taken for that.
  func fault(in schedule: NoiseSchedule) -> String? {
    func gray(_ timestep: Int) -> Double { schedule.noiseLevel(at: Double(timestep)) * 127.5 }
    let (first, last) = (gray(0), gray(schedule.timesteps - 1))
    if highest > last * (1 + 1e-9) {
      return "\(self): the noise schedule ends at \(Readable.number(last))"
    }
    return highest > first ? nil : "\(self): the noise schedule begins at \(Readable.number(first))"
  }

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
