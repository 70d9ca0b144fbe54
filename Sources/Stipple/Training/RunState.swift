/// Where a run is: what a checkpoint keeps of it beside tensors.
struct RunState: Codable, Equatable {
  /// A checkpoint that was measured.
  struct Measured: Codable, Equatable {
    var step: Int
    var validationLoss: Double
  }

  /// Steps made, those that changed nothing included.
  var step = 0
  var imagesSeen = 0
  /// Of training, in all sessions.
  var seconds = 0.0
  /// Steps that were not finite and changed nothing.
  var skippedSteps = 0
  /// How many of them stand at the end, in a row.
  var skippedInARow = 0
  /// As it was last measured.
  var validationLoss: Double?
  /// The checkpoint with the lowest validation loss.
  var best: Measured?
  /// How many images, or stored examples, there are to train on.
  var trainingImages = 0

  /// Updates that the weights have had.
  var updates: Int { step - skippedSteps }
}

extension TrainingSettings {
  /// Whether a run of these settings ends where it is.
  func isFinished(_ state: RunState) -> Bool {
    if let time, state.seconds >= time.seconds { return true }
    if let lastStep { return state.step >= lastStep }
    return false
  }

  /// The step that the run ends with; nil where only a time ends it.
  public var lastStep: Int? { steps ?? (time == nil ? Self.standardSteps : nil) }
}
