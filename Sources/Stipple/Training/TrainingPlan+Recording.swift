extension TrainingPlan {
  /// Bytes of a step's recorded examples, but for a few numbers each; 0 where none are kept.
  public var bytesPerRecording: Int {
    guard settings.recording != nil else { return 0 }
    let images = configuration.images
    // x_t, eps and x_0.
    return 3 * 4 * settings.batch * settings.accumulate * configuration.channels * images.width
      * images.height
  }

  /// How many steps' examples the whole run keeps; nil where only a time ends it.
  public var recordingCount: Int? {
    settings.recording.map { $0.count(in: settings.lastStep) } ?? 0
  }
}
