/// Width and height of images in pixels.
public struct ImageSize: Hashable, Sendable, Codable, CustomStringConvertible {
  /// In pixels.
  public var width: Int
  /// In pixels.
  public var height: Int

  /// A size, without a check.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads "32" (square) or "48x32".
  public init?(_ text: String) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let width = parts[0], let height = parts.last ?? nil,
      width > 0, height > 0
    else { return nil }
    self.init(width: width, height: height)
  }

  /// Pixels.
  package var area: Int { width * height }

  /// `48 x 32`, as in sentences.
  package var inWords: String { "\(width) x \(height)" }

  /// `48x32`, as it is typed.
  public var description: String { "\(width)x\(height)" }

  /// Reads a number or a text such as `48x32`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try? container.decode(Int.self)
    let text = try number.map(String.init) ?? container.decode(String.self)
    guard let size = ImageSize(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a size such as 32 or 48x32")
    }
    self = size
  }

  /// Writes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
