/// What a sampler knows at one of its timesteps, before it steps on.
package struct SamplerSnapshot: Sendable {
  /// The number of the step, from 0.
  package let index: Int
  /// The timestep at which the network was asked.
  package let timestep: Double
  /// The batch there.
  package let x: [Float]
  /// The prediction of x_0 from it, clipped where asked.
  package let x0: [Float]
}

/// Runs a sampler from its first timestep to the clean image.
///
/// - Parameters:
///   - start: the batch at the sampler's first timestep, image after image. For the schedule's last
///     timestep that is standard normal noise.
///   - objective: what the network predicts.
///   - range: where the predicted x_0 is held; nil for no clipping.
///   - network: the network's output for a batch that is at one timestep.
///   - noise: fills a batch with standard normal numbers for one step.
///   - observe: is shown every step before it is taken; what it throws ends the run.
/// - Returns: the batch of clean images.
package func sample(
  _ sampler: some Sampler,
  from start: [Float],
  objective: Objective = .epsilon,
  clippingTo range: ClosedRange<Float>? = -1...1,
  network: (_ x: [Float], _ timestep: Double) throws -> [Float],
  noise: NoiseSource,
  observe: (SamplerSnapshot) throws -> Void
) rethrows -> [Float] {
  var x = start
  for (i, t) in sampler.timesteps.enumerated() {
    let output = try network(x, t)
    let x0 = objective.predictedX0(
      xt: x, output: output, alphaBar: sampler.schedule.alphaBar(at: t), within: range)
    try observe(SamplerSnapshot(index: i, timestep: t, x: x, x0: x0))
    sampler.step(i, x: &x, x0: x0, noise: noise)
  }
  return x
}

/// Runs a sampler from its first timestep to the clean image, unobserved.
package func sample(
  _ sampler: some Sampler,
  from start: [Float],
  objective: Objective = .epsilon,
  clippingTo range: ClosedRange<Float>? = -1...1,
  network: (_ x: [Float], _ timestep: Double) throws -> [Float],
  noise: NoiseSource
) rethrows -> [Float] {
  try sample(
    sampler, from: start, objective: objective, clippingTo: range, network: network, noise: noise,
    observe: { _ in })
}
