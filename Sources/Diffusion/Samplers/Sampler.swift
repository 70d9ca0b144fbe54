/// A way down from noise to an image: a pure value that knows where the network is asked, and what
/// is made of its answers.
///
/// Samplers work on predictions of x_0, so that they do not depend on what the network was trained
/// to predict. Whatever its order, a sampler's next images are a weighted sum of images and
/// predictions that there were, and of fresh noise: so each is a table of numbers, with no state that
/// a run would have to keep. All images of a batch are at the same timestep, one after another in one
/// array.
package protocol Sampler: Sendable {
  /// The schedule that the network was trained with.
  var schedule: NoiseSchedule { get }

  /// The timesteps at which the network is asked, in this order.
  var timesteps: [Double] { get }

  /// What leads from evaluation `i` of the network to the next, and from the last to the image.
  func weights(_ i: Int) -> StepWeights

  /// What the noise after evaluation `i` is multiplied by, element by element, where the sampler takes
  /// the variance from the network; nil where it does not.
  ///
  /// - Parameter output: what the network gave beside its prediction, as many elements as the batch has.
  func deviations(_ i: Int, from output: ArraySlice<Float>) -> [Float]?
}

extension Sampler {
  /// None: the noise is the same for all elements.
  package func deviations(_ i: Int, from output: ArraySlice<Float>) -> [Float]? { nil }
}

/// Tells the noise of a run's steps apart.
package struct NoiseKey: Hashable, Sendable {
  /// The timestep that the step leaves, rounded up.
  package let timestep: Int
  /// How many evaluations before it had a timestep that rounds to the same.
  package let repetition: Int

  /// The key of a step.
  package init(timestep: Int, repetition: Int = 0) {
    self.timestep = timestep
    self.repetition = repetition
  }
}

/// Fills a batch with the standard normal numbers of a step.
package typealias NoiseSource = (_ key: NoiseKey, _ out: inout [Float]) -> Void
