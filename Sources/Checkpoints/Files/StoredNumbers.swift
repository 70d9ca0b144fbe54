/// The ranges that numbers in a file's header must lie in; a file with right checksums may still be forged
/// to leave.
enum StoredNumbers {
  /// Training steps: as many as products with the batch's largest sizes have room for.
  static let steps = 0...1_000_000_000
  /// Images seen in them.
  package static let images = 0...(1 << 62)
  /// Seconds of training.
  package static let seconds = 0.0...1e12
  /// Timesteps; -1 is the clean image.
  static let timesteps = -1.0...1e6

  /// Refuses a number out of its range.
  static func check<Number>(
    _ name: String, _ value: Number, in range: ClosedRange<Number>, _ path: String
  ) throws(FileFormatError) {
    if range.contains(value) { return }
    throw .inconsistent(
      path: path, cause: "\(name) is \(value), not in \(range.lowerBound)...\(range.upperBound)")
  }

  /// Refuses numbers one of which is out of their range.
  static func check<Number>(
    _ name: String, all values: [Number], in range: ClosedRange<Number>, _ path: String
  ) throws(FileFormatError) {
    guard let value = values.first(where: { !range.contains($0) }) else { return }
    try check("a number of \(name)", value, in: range, path)
  }
}

extension TrainingState {
  /// Refuses numbers that no run comes to.
  func check(_ path: String) throws(FileFormatError) {
    try StoredNumbers.check("run.step", step, in: StoredNumbers.steps, path)
    try StoredNumbers.check("run.imagesSeen", imagesSeen, in: StoredNumbers.images, path)
    try StoredNumbers.check("run.seconds", seconds, in: StoredNumbers.seconds, path)
    try StoredNumbers.check("run.skippedSteps", skippedSteps, in: 0...step, path)
    try StoredNumbers.check("run.skippedInARow", skippedInARow, in: 0...skippedSteps, path)
    try StoredNumbers.check("run.trainingImages", trainingImages, in: StoredNumbers.images, path)
    if let best { try StoredNumbers.check("run.best.step", best.step, in: 0...step, path) }
    for loss in [validationLoss, best?.validationLoss].compactMap(\.self) where !loss.isFinite {
      throw .inconsistent(path: path, cause: "a validation loss is \(loss)")
    }
  }
}
