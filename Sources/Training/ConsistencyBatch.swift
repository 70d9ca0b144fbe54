package import Diffusion

/// A batch at two noise levels each, t and a lower one r with the same noise, at which a network of few steps is to give
/// the same images (`ConsistencyTuning`).
package struct ConsistencyBatch {
  private let schedule: NoiseSchedule
  private let objective: Objective
  /// Elements of an image.
  private let size: Int
  /// (N, C, H, W): x_t and x_0.
  private let xt, x0: [Float]
  /// (N): where x_t and x_r are; x_0 itself stands for r 0, with the first timestep in place of one.
  private let timesteps: [Double]
  package let lowerTimesteps: [Double]
  /// (N): the levels, r 0 where it is below the schedule's first.
  private let levels: [(t: Double, r: Double)]
  /// (N, C, H, W): x_r.
  package let lower: [Float]

  /// - Parameters:
  ///   - xt: (N, C, H, W), x_0 with the noise `epsilon` at `timesteps`.
  ///   - level: gives r of t.
  package init(
    _ schedule: NoiseSchedule, _ objective: Objective, xt: [Float], x0: [Float], epsilon: [Float],
    timesteps: [Double], level: (Double) -> Double
  ) {
    (self.schedule, self.objective) = (schedule, objective)
    (self.xt, self.x0, self.timesteps) = (xt, x0, timesteps)
    size = xt.count / max(timesteps.count, 1)
    let least = schedule.noiseLevel(at: 0)
    levels = timesteps.map { timestep in
      let t = schedule.noiseLevel(at: timestep)
      let r = level(t)
      return (t, r < least ? 0 : r)
    }
    lowerTimesteps = levels.map { $0.r == 0 ? 0 : schedule.timestep(forNoiseLevel: $0.r) }
    var lower = x0
    let process = ForwardProcess(schedule)
    for (i, (_, r)) in levels.enumerated() where r > 0 {
      let image = (i * size)..<((i + 1) * size)
      lower.replaceSubrange(
        image,
        with: process.mixture(at: lowerTimesteps[i]).mixed(
          x0.span.extracting(image), epsilon.span.extracting(image)))
    }
    self.lower = lower
  }

  /// Whether some r is not 0, so that the network has to be asked about x_r.
  package var hasLower: Bool { levels.contains { $0.r > 0 } }

  /// What the network is to give at t so that its image is that of r, and what its images' errors come to.
  package struct Aim {
    /// (N, C, H, W).
    package var targets: [Float]
    /// (N): what the mean squared errors of the output count for, and the losses.
    package var weights: [Float] = []
    package var losses: [Double] = []
  }

  /// - Parameters:
  ///   - output: of the network at t.
  ///   - lowerOutput: at r; nil where there are none.
  package func aim(output: [Float], lowerOutput: [Float]?) -> Aim {
    var aim = Aim(targets: output)
    for (i, (t, r)) in levels.enumerated() {
      let upper = objective.x0(alphaBar: schedule.alphaBar(at: timesteps[i]))
      let below = objective.x0(alphaBar: schedule.alphaBar(at: lowerTimesteps[i]))
      var sum = 0.0
      for j in (i * size)..<((i + 1) * size) {
        var goal = Double(x0[j])
        if r > 0, let lowerOutput {
          goal = below.xt * Double(lower[j]) + below.output * Double(lowerOutput[j])
        }
        let target = (goal - upper.xt * Double(xt[j])) / upper.output
        let error = upper.output * (Double(output[j]) - target)
        sum += error * error
        aim.targets[j] = Float(target)
      }
      let (loss, weight) = ConsistencyTuning.loss(sum / Double(size), distance: t - r)
      aim.losses.append(loss)
      aim.weights.append(Float(weight * upper.output * upper.output))
    }
    return aim
  }
}
