internal import Checkpoints

extension TrainingPlan {
  /// Bytes of a step's recorded examples, but for a few numbers each; 0 where none are kept.
  public var bytesPerRecording: Int {
    guard settings.recordBatches != nil else { return 0 }
    let images = configuration.images
    let sizes = [
      settings.batch, settings.accumulate, configuration.channels, images.width, images.height,
    ]
    // Floats of x_t, eps and x_0.
    return Self.bytes(sizes.reduce(3 * 4) { $0 * Double($1) })
  }

  /// How many steps' examples the whole run keeps; nil where only a time ends it.
  public var recordingCount: Int? {
    settings.recordBatches.map { $0.count(in: settings.lastStep) } ?? 0
  }

  /// Bytes of all of them, or of one where only a time ends the run.
  public var bytesOfRecordings: Int {
    Self.bytes(Double(recordingCount ?? 1) * Double(bytesPerRecording))
  }

  /// What a user asks for may be past any whole number.
  static func bytes(_ count: Double) -> Int { Int(min(count, 1e18)) }
}
