/// Where a run is: what a checkpoint keeps of it beside tensors.
package struct TrainingState: Codable, Equatable {
  /// A checkpoint that was measured.
  package struct Measured: Codable, Equatable {
    package var step: Int
    package var validationLoss: Double

    package init(step: Int, validationLoss: Double) {
      (self.step, self.validationLoss) = (step, validationLoss)
    }
  }

  /// Steps made, those that changed nothing included.
  package var step = 0
  package var imagesSeen = 0
  /// Of training, in all sessions.
  package var seconds = 0.0
  /// Steps that were not finite and changed nothing.
  package var skippedSteps = 0
  /// How many of them stand at the end, in a row.
  package var skippedInARow = 0
  /// As it was last measured.
  package var validationLoss: Double?
  /// The checkpoint with the lowest validation loss.
  package var best: Measured?
  /// How many images, or stored examples, there are to train on.
  package var trainingImages: Int
  /// Which images they are: a digest of their names and sizes; nil where it was not looked for.
  package var imagesDigest: String?

  package init(trainingImages: Int = 0, imagesDigest: String? = nil) {
    (self.trainingImages, self.imagesDigest) = (trainingImages, imagesDigest)
  }

  /// Updates that the weights have had.
  package var updates: Int { step - skippedSteps }
}

extension TrainingSettings {
  /// Whether a run of these settings ends where it is.
  package func isFinished(_ state: TrainingState) -> Bool {
    if let time, state.seconds >= time.seconds { return true }
    if let lastStep { return state.step >= lastStep }
    return false
  }

  /// The step that the run ends with; nil where only a time ends it.
  public var lastStep: Int? { steps ?? (time == nil ? Self.standardSteps : nil) }
}
