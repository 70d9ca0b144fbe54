internal import Checkpoints
internal import Distributed
internal import Files
import Foundation
internal import Images
internal import SystemPackage
internal import Text

extension TrainingSettings {
  /// Refuses what several processes cannot share.
  ///
  /// - Parameter isBegun: whether it is a run's batch, which it keeps.
  /// - Throws: `SettingError` with what they can.
  func validate(for processes: ProcessGroup, isBegun: Bool) throws(SettingError) {
    let size = processes.size
    if size == 1 { return }
    if batch % size != 0 {
      let below = batch / size * size
      let nearest = below == 0 ? "\(size)" : "\(below) or \(below + size)"
      let fewer = (1..<size).last { batch % $0 == 0 } ?? 1
      let more = batch > size ? (size...batch).first { batch % $0 == 0 } : nil
      let counts = "\(fewer)" + (more.map { " or \($0)" } ?? "")
      throw SettingError(
        "batch",
        cause: "\(batch) images cannot be divided among \(size) processes; "
          + (isBegun ? "the run keeps its batch size, so start \(counts)" : "use \(nearest)"))
    }
    if recordBatches != nil {
      throw SettingError(
        "record-batches", cause: "is for one process; use --no-mpi, or leave it out")
    }
  }

  /// Makes sure that all processes are of one version, see the same run, and have the same settings.
  ///
  /// - Throws: `DistributedError` on all.
  func requireSame(among processes: ProcessGroup, _ run: RunFolder) throws {
    if processes.size == 1 { return }
    let ranks = processes.communicator
    try ranks.requireSame("versions of the program", Machine.creator)
    try run.requireSeen(by: ranks)
    var shared = self
    (shared.threads, shared.memory) = (nil, nil)
    try ranks.requireSame("settings", "\(shared)")
  }
}

extension RunFolder {
  /// Makes sure that all processes see the same run here, or none.
  ///
  /// - Throws: `DistributedError` on all.
  func requireSeen(by ranks: any Communicator, until isOver: () -> Bool = { true }) throws {
    if ranks.size == 1 { return }
    func text() throws -> String? {
      let file = try settingsFile
      return try Folders.exists(file)
        ? String(decoding: RegularFile.bytes(of: file), as: UTF8.self) : nil
    }
    let first = try ranks.share(text)
    // A shared file system may show late what another machine has written.
    var isSeen = try text() == first
    while !isSeen, !isOver() {
      usleep(20_000)
      isSeen = try text() == first
    }
    try ranks.require(isSeen) { .unseen(path.string, rank: $0) }
  }
}

extension ProcessGroup {
  /// How the processes share the work: "4 processes (Open MPI 4.1.4), 4 images of each batch".
  func summary(batch: Int) -> String {
    "\(self), \(counted(batch / size, "image")) of each batch"
  }
}
