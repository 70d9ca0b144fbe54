package import Host
internal import Text

/// Work that needs more memory than there is, found before it begins.
public struct MemoryShortage: Error, Equatable, Sendable, CustomStringConvertible {
  /// What needs it: "training".
  let work: String
  /// Bytes.
  let needed: Double
  let available: Memory
  /// Whether that is the least that it can do with.
  private(set) var isLeast = false
  /// What to do instead.
  let wayOut: String

  /// `<what failed>: <cause>; <way out>`.
  public var description: String {
    let amount = Readable.memory(Double(available.bytes))
    let has =
      switch available.limit {
      case .machine: "this machine has \(amount)"
      case .controlGroup: "the container (control group) allows \(amount)"
      case .process: "the process limit (ulimit) allows \(amount)"
      case .setting: "`memory` allows \(amount)"
      }
    return
      "\(work): needs \(isLeast ? "at least" : "about") \(Readable.memory(needed)) of memory, and \(has); "
      + (available.limit == .setting ? "allow more, or \(wayOut)" : wayOut)
  }

  /// Work that needs more than there is, whatever is done.
  package init(_ work: String, atLeast needed: Double, available: Memory, wayOut: String) {
    (self.work, self.needed, self.available) = (work, needed, available)
    (isLeast, self.wayOut) = (true, wayOut)
  }

  private init(work: String, needed: Double, available: Memory, wayOut: String) {
    (self.work, self.needed, self.available, self.wayOut) = (work, needed, available, wayOut)
  }

  /// Makes sure that there is the memory for a batch.
  ///
  /// - Parameters:
  ///   - work: what is done, in a word or two.
  ///   - isFixed: whether nobody can choose a smaller batch.
  ///   - otherwise: what to do where not even one image at a time fits.
  package static func check(
    _ work: String, _ memory: NetworkMemory, batch: Int, isFixed: Bool = false,
    available: Memory = .available, otherwise: String
  ) throws(MemoryShortage) {
    let needed = memory.bytes(batch: batch)
    if needed <= Double(available.bytes) { return }
    // Some room, as all this is about.
    let fitting = memory.largestBatch(within: available.bytes / 10 * 9)
    throw MemoryShortage(
      work: batch > 1 ? "\(work), \(batch) images at once" : work, needed: needed,
      available: available,
      wayOut: fitting > 0 && fitting < batch && !isFixed
        ? "use `batch` \(fitting) or less" : otherwise)
  }

  /// Makes sure that there is the memory for work that is of no batches.
  package static func check(
    _ work: String, needed: Double, available: Memory = .available, wayOut: String
  ) throws(MemoryShortage) {
    if needed <= Double(available.bytes) { return }
    throw MemoryShortage(work: work, needed: needed, available: available, wayOut: wayOut)
  }
}
