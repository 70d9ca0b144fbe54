internal import Checkpoints
internal import Images

extension TrainingSettings {
  /// Whether the network takes noise out of images and cannot draw any.
  var isDenoiser: Bool { noiseRange != nil || degradation != nil }

  /// With what probability images are changed where nothing is said: where there are few, unless the network is a
  /// denoiser, which sees pieces of photographs in all positions. Stored examples are as they were made.
  func usualAugment(images count: Int, stored: StoredExamples?) throws -> Double {
    if let stored { return try stored.isAugmented ? Augmentation.usualProbability : 0 }
    return count < Augmentation.fewImages && !isDenoiser ? Augmentation.usualProbability : 0
  }
}
