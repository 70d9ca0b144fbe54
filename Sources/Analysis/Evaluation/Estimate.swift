/// A mean over images and how far it may be off for there being no more of them.
public struct Estimate: Sendable, Equatable, Encodable {
  /// How many images.
  public private(set) var count = 0
  /// The mean.
  public private(set) var mean = 0.0
  /// Squared distances from the mean.
  private var squares = 0.0

  /// The standard error, the deviation between images over the root of their number; nil for one.
  public var standardError: Double? {
    count > 1 ? (squares / Double(count - 1) / Double(count)).squareRoot() : nil
  }

  init() {}

  /// Takes in an image's value (Welford 1962).
  mutating func add(_ value: Double) {
    count += 1
    let difference = value - mean
    mean += difference / Double(count)
    squares += difference * (value - mean)
  }

  private enum CodingKeys: String, CodingKey {
    case mean, standardError
  }

  /// Writes the mean and the standard error, without the latter for one image.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(mean, forKey: .mean)
    try container.encodeIfPresent(standardError, forKey: .standardError)
  }
}
