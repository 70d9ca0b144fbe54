internal import Checkpoints
internal import Distributed
internal import Images
internal import SystemPackage
internal import Text

extension TrainingSettings {
  /// Refuses what several processes cannot share.
  ///
  /// - Throws: `SettingError` with what they can.
  func validate(for processes: ProcessGroup) throws(SettingError) {
    let size = processes.size
    if size == 1 { return }
    if batch % size != 0 {
      let below = batch / size * size
      let nearest = below == 0 ? "\(size)" : "\(below) or \(below + size)"
      throw SettingError(
        "batch", cause: "\(batch) images cannot be divided among \(size) processes; use \(nearest)")
    }
    if recording != nil {
      throw SettingError(
        "record-batches", cause: "is for one process; use --no-mpi, or leave it out")
    }
  }
}

extension TrainingPlan {
  /// Makes sure that all processes are of one version, and have the same settings and images.
  func requireSame() throws {
    // The list of images need not be put together for one process.
    if processes.size == 1 { return }
    let ranks = processes.communicator
    try ranks.requireSame("versions of the program", Machine.creator)
    var shared = settings
    shared.threads = nil
    try ranks.requireSame("settings", "\(shared) \(configuration)")
    try ranks.requireSame(
      "images", (training + validation).map(\.relativePath.string).joined(separator: "\n"))
  }
}

extension ProcessGroup {
  /// How the processes share the work: "4 processes (Open MPI v4.1.4), 4 images of each batch".
  func summary(batch: Int) -> String {
    "\(self), \(counted(batch / size, "image")) of each batch"
  }
}
