internal import Checkpoints

/// Which timesteps of a schedule are meant: `all`, `0,250,999` or `every=50`.
public enum TimestepSelection: Equatable, Sendable {
  case all
  /// 0, n, 2 n and so on.
  case every(Int)
  case listed([Int])

  /// Reads what a user writes.
  public init?(_ text: String) {
    if text == "all" {
      self = .all
    } else if text.hasPrefix("every=") {
      guard let n = Int(text.dropFirst(6)), n > 0 else { return nil }
      self = .every(n)
    } else {
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      let listed = numbers.compactMap(\.self)
      guard !listed.isEmpty, listed.count == numbers.count, listed.allSatisfy({ $0 >= 0 }) else {
        return nil
      }
      self = .listed(listed)
    }
  }

  /// The timesteps, of a schedule of `count`, in rising order.
  ///
  /// - Throws: `SettingError` where one is past the last.
  func timesteps(of count: Int) throws(SettingError) -> [Int] {
    switch self {
    case .all: return Array(0..<count)
    case .every(let n):
      if n < 1 { throw SettingError("timesteps", cause: "every=\(n): give at least 1") }
      return Array(stride(from: 0, to: count, by: n))
    case .listed(let list):
      if let past = list.first(where: { !(0..<count).contains($0) }) {
        throw SettingError(
          "timesteps", cause: "there is no timestep \(past); there are 0 to \(count - 1)")
      }
      return Set(list).sorted()
    }
  }
}
