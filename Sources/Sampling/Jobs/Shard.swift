/// A part of a job's images, as in "2/4": those whose index leaves the remainder 1 in four. Jobs of all parts make
/// together what one job makes of all.
public struct Shard: Equatable, Sendable {
  /// Which part, from 1.
  public let number: Int
  /// How many parts.
  public let count: Int

  /// Reads "2/4".
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], count > 0,
      (1...count).contains(number)
    else { return nil }
    (self.number, self.count) = (number, count)
  }

  /// Whether the image of an index is one of the part.
  package func contains(_ index: Int) -> Bool { index % count == number - 1 }
}

extension Array {
  /// The elements of a part by their indices; all where it is nil.
  package func part(_ shard: Shard?) -> [Element] {
    guard let shard else { return self }
    return indices.filter(shard.contains).map { self[$0] }
  }
}
