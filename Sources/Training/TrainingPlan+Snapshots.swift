internal import Checkpoints
internal import Networks

extension TrainingPlan {
  /// Bytes of a snapshot of the running averages, but for its header; 0 where none are kept.
  public var bytesPerSnapshot: Int {
    settings.snapshotEvery > 0
      ? RunningAverages.parts.count * 4 * configuration.network.parameterCount : 0
  }

  /// How many snapshots the whole run keeps; nil where only a time ends it.
  public var snapshotCount: Int? {
    guard settings.snapshotEvery > 0 else { return 0 }
    return settings.lastStep.map { ($0 - 1) / settings.snapshotEvery + 1 }
  }

  /// Bytes of all of them, or of one where only a time ends the run.
  public var bytesOfSnapshots: Int {
    Self.bytes(Double(snapshotCount ?? 1) * Double(bytesPerSnapshot))
  }
}
