/// Which steps' examples a run keeps: `every=10` or `first=100`.
public enum Recording: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Those of each step whose number, counted from 1, this divides.
  case every(Int)
  /// Those of so many steps from the first on.
  case first(Int)

  /// Reads what a user writes.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[1]), number > 0 else { return nil }
    switch parts[0] {
    case "every": self = .every(number)
    case "first": self = .first(number)
    default: return nil
    }
  }

  /// `every=10`, `first=100`.
  public var description: String {
    switch self {
    case .every(let interval): "every=\(interval)"
    case .first(let count): "first=\(count)"
    }
  }

  /// Reads the description.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let recording = Recording(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not every=N or first=N")
    }
    self = recording
  }

  /// Writes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Whether the examples of step `step`, counted from 1, are kept.
  package func includes(_ step: Int) -> Bool {
    switch self {
    case .every(let interval): step % interval == 0
    case .first(let count): step <= count
    }
  }

  /// How many steps there are of which they are kept in a run of `steps`; nil where nobody knows yet how
  /// long it is.
  package func count(in steps: Int?) -> Int? {
    switch self {
    case .every(let interval): steps.map { $0 / interval }
    case .first(let count): min(count, steps ?? count)
    }
  }
}
