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

  /// What is wrong with a value, as in "must be at least 1, got 0"; nil where nothing is.
  public func fault(_ value: Int) -> String? {
    demand(Double(value)).map { "must be \($0), got \(value)" }
  }

  /// What is wrong with a value, as in "must be above 0, got -1"; nil where nothing is.
  public func fault(_ value: Double) -> String? {
    demand(value).map { "must be \($0), got \(Self.text(value))" }
  }

  /// What a value is not: "at least 1"; nil where nothing is wrong with it.
  private func demand(_ value: Double) -> String? {
    switch self {
    case .whole(let range):
      return Double(range.lowerBound) <= value && value <= Double(range.upperBound)
        ? nil : "from \(range.lowerBound) to \(range.upperBound)"
    case .numbers(let range):
      return range.contains(value)
        ? nil : "from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .part:
      guard (0..<1).contains(value) else { return "at least 0 and below 1" }
      return Float(value) < 1
        ? nil : "at most \(Float(1).nextDown), the largest number below 1 in single precision"
    case .between0And1: return 0 < value && value < 1 ? nil : "between 0 and 1"
    case .wholeFrom(let lowest, let limit):
      return Self.demand(value, value >= Double(lowest), "at least \(lowest)", Double(limit))
    case .share: return 0 < value && value <= 1 ? nil : "above 0 and at most 1"
    case .numbersFrom(let lowest, let limit):
      return Self.demand(value, value >= lowest, "at least \(Self.text(lowest))", limit)
    case .numbersAbove(let lowest, let limit):
      return Self.demand(value, value > lowest, "above \(Self.text(lowest))", limit)
    }
  }

  private static func demand(
    _ value: Double, _ isEnough: Bool, _ demand: String, _ limit: Double
  ) -> String? {
    // Infinity and what is not a number lie past every limit.
    if value.isNaN || value == .infinity { return "a finite number" }
    if !isEnough { return demand }
    return value <= limit ? nil : "at most \(text(limit))"
  }

  /// "0.05", "1000": without the ".0" of whole numbers, and the same number when it is read.
  public static func text(_ value: Double) -> String {
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
