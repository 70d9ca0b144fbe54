internal import Compute
internal import Diffusion
internal import Networks

extension TrainingPlan {
  /// Seconds that one step takes on this machine as it is now: a trial, after one to warm up.
  ///
  /// - Throws: `DiffusionError` where the schedule cannot be made.
  public func measuredSecondsPerStep() throws -> Double {
    let parameters = ParameterStore(configuration.network.parameters)
    parameters.initialise(seed: settings.seed)
    let step = TrainingStep(
      configuration, settings, try NoiseSchedule(configuration.schedule),
      optimizer: AdamW(parameters))
    let size = configuration.channels * configuration.images.width * configuration.images.height
    let images = [Float](repeating: 0, count: settings.batch * size)
    let labels = configuration.classNames.map { _ in [Int](repeating: 0, count: settings.batch) }
    let batch = TrainingBatch.images(images, classes: labels)
    _ = step(0) { _ in batch }
    return ContinuousClock().measure { _ = step(1) { _ in batch } }.seconds
  }
}
