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
