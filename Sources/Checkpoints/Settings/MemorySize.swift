/// A number of bytes: "500M", "2G" or a plain number.
public struct MemorySize: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The number.
  public var bytes: Int

  /// A number of bytes, without a check.
  public init(bytes: Int) { self.bytes = bytes }

  /// Reads a number and perhaps a unit, K, M or G: a thousand, a million or a billion bytes.
  public init?(_ text: String) {
    let units: [Character: Double] = ["K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
    var number = text.uppercased()
    // "2GB" is what some write.
    if number.hasSuffix("B") { number.removeLast() }
    let unit = number.last.flatMap { units[$0] }
    if unit != nil { number.removeLast() }
    guard let value = Double(number), value > 0,
      let bytes = Int(exactly: (value * (unit ?? 1)).rounded()), bytes > 0
    else { return nil }
    self.bytes = bytes
  }

  /// `500M`, `2G`, `1500000`.
  public var description: String {
    for (unit, size) in [("G", 1_000_000_000), ("M", 1_000_000), ("K", 1000)]
    where bytes >= size && bytes % size == 0 {
      return "\(bytes / size)\(unit)"
    }
    return "\(bytes)"
  }

  /// Reads a number of bytes or a text such as `500M`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try? container.decode(Int.self)
    let text = try number.map { "\($0)" } ?? container.decode(String.self)
    guard let size = MemorySize(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a size such as 500M or 2G")
    }
    self = size
  }

  /// Writes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension MemorySize: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String { "a size such as 500M or 2G" }
}
