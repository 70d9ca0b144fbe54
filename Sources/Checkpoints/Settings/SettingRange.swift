/// The values that a numeric setting takes.
public enum SettingRange: Equatable, Sendable {
  /// Whole numbers from one to another, both included.
  case whole(ClosedRange<Int>)
  /// Whole numbers from one up, as far as there is use for them.
  case wholeFrom(Int, limit: Int = .max)
  /// Numbers from one to another, both included.
  case numbers(ClosedRange<Double>)
  /// Numbers from 0 to less than 1: parts of a whole that are never all of it.
  case part
  /// Numbers above 0 and at most 1.
  case share
  /// Numbers between 0 and 1, neither included.
  case between0And1
  /// Numbers from one up, as far as single precision computes with them.
  case numbersFrom(Double, limit: Double)
  /// Numbers above one, as far as single precision computes with them.
  case numbersAbove(Double, limit: Double)

  /// What is wrong with a value, as in "0 is not at least 1"; nil where nothing is.
  public func fault(_ value: Int) -> String? { cause(Double(value)).map { "\(value) \($0)" } }

  /// What is wrong with a value, as in "-1.0 is not above 0"; nil where nothing is.
  public func fault(_ value: Double) -> String? { cause(value).map { "\(value) \($0)" } }

  private func cause(_ value: Double) -> String? {
    switch self {
    case .whole(let range):
      return Double(range.lowerBound) <= value && value <= Double(range.upperBound)
        ? nil : "is not in \(range.lowerBound) to \(range.upperBound)"
    case .numbers(let range):
      return range.contains(value)
        ? nil : "is not in \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .part: return (0..<1).contains(value) ? nil : "is not at least 0 and below 1"
    case .between0And1: return 0 < value && value < 1 ? nil : "is not between 0 and 1"
    case .wholeFrom(let lowest, let limit):
      return Self.cause(
        value, value >= Double(lowest), "is not at least \(lowest)", Double(limit))
    case .share: return 0 < value && value <= 1 ? nil : "is not above 0 and at most 1"
    case .numbersFrom(let lowest, let limit):
      return Self.cause(value, value >= lowest, "is not at least \(Self.text(lowest))", limit)
    case .numbersAbove(let lowest, let limit):
      return Self.cause(value, value > lowest, "is not above \(Self.text(lowest))", limit)
    }
  }

  private static func cause(
    _ value: Double, _ isEnough: Bool, _ cause: String, _ limit: Double
  ) -> String? {
    // Infinity and what is not a number lie past every limit.
    if value.isNaN || value == .infinity { return "is not a finite number" }
    if !isEnough { return cause }
    return value <= limit ? nil : "is more than \(text(limit))"
  }

  /// "0.05", "1000": without the ".0" of whole numbers, and the same number when it is read.
  static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}

extension SettingRange: CustomStringConvertible {
  /// "a whole number from 1 to 65536", "a number above 0".
  public var description: String {
    switch self {
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .wholeFrom(let lowest, let limit):
      "a whole number, at least \(lowest)" + (limit == .max ? "" : " and at most \(limit)")
    case .share: "a number above 0 and at most 1"
    case .numbers(let range):
      "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .part: "a number, at least 0 and below 1"
    case .between0And1: "a number between 0 and 1"
    case .numbersFrom(let lowest, _): "a number, at least \(Self.text(lowest))"
    case .numbersAbove(let lowest, _): "a number above \(Self.text(lowest))"
    }
  }
}
