internal import Distributed
internal import PNGCodec

/// The images of a data set that a rank could not read, which all ranks leave out, so that they train on the
/// same.
struct LeftOutImages {
  private let ranks: any Communicator
  private let journal: RunJournal
  /// By their numbers.
  private(set) var all: Set<Int> = []

  init(among ranks: any Communicator, _ journal: RunJournal) {
    (self.ranks, self.journal) = (ranks, journal)
  }

  /// Reports the images that the ranks left out, each once.
  ///
  /// - Returns: images that are left out from now on, with the causes; on all ranks the same.
  mutating func add(_ unreadable: [Int: PNGError]) throws -> [Int: String] {
    let new = unreadable.filter { !all.contains($0.key) }
    guard ranks.any(!new.isEmpty) else { return [:] }
    var causes: [Int: String] = [:]
    for (rank, found) in try ranks.collect(new.mapValues { "\($0)" }).enumerated() {
      let words = rank == 0 ? "" : " (rank \(rank))"
      causes.merge(found.mapValues { $0 + words }) { first, _ in first }
    }
    for (index, cause) in causes.sorted(by: { $0.key < $1.key }) {
      all.insert(index)
      journal.leaveOut(cause)
    }
    return causes
  }
}
