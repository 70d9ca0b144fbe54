/// The noise from which DDIM, with eta 0, comes to given images on a plan: its steps gone the other way,
/// from the last to the first (Song et al. 2021, section 4.3 and eq. 14).
///
/// A step from t down to s takes eps = eps_theta(x_t, t), which the step up does not know yet. It is found
/// as a fixed point (Pan et al. 2023, eq. 8), from x_t = x_s on:
///
///     x_t ← alpha_t / alpha_s x_s + (sigma_t - sigma_s alpha_t / alpha_s) eps_theta(x_t, t)
///
/// with alpha = sqrt(abar) and sigma = sqrt(1 - abar). One evaluation is the usual inversion, with which
/// images come back less exactly. Where nothing is left of the image, alpha_t = 0, x_t is its own noise, and the fixed
/// point is that of the step down itself:
///
///     x_t ← (x_s - alpha_s x_0(x_t)) / sigma_s
///
/// - Parameters:
///   - images: clean ones, one after another.
///   - plan, schedule, usesClippedOutput: of the way from noise.
///   - evaluations: of the network for each step, at least 1.
///   - objective, threshold, imageSize, network: as for `sample`.
package func inverted(
  _ images: [Float], on plan: TimestepPlan, of schedule: NoiseSchedule,
  usesClippedOutput: Bool = true, evaluations: Int, objective: Objective = .epsilon,
  threshold: Threshold = .clip, imageSize: Int? = nil,
  network: (_ x: [Float], _ timestep: Double) throws -> [Float]
) rethrows -> [Float] {
  var x = images
  let steps = SamplerSteps(schedule, plan)
  for i in plan.timesteps.indices.reversed() {
    let (t, s) = steps[i]
    let ratio = t.signal / s.signal
    let start = x
    for _ in 0..<max(evaluations, 1) {
      let output = try network(x, plan.timesteps[i])
      let (prediction, _) = halves(output, of: x.count, imageSize: imageSize)
      var x0 = objective.predictedX0(
        xt: x, output: prediction, alphaBar: t.alphaBar)
      if usesClippedOutput { threshold.apply(to: &x0, imageSize: imageSize ?? x0.count) }
      if t.signal == 0 {
        x = x.indices.map {
          Float((Double(start[$0]) - s.signal * Double(x0[$0])) / s.noise)
        }
        continue
      }
      // eps = (x_t - alpha_t x_0) / sigma_t.
      let weight = (t.noise - s.noise * ratio) / t.noise
      x = x.indices.map {
        Float(
          ratio * Double(start[$0]) + weight * (Double(x[$0]) - t.signal * Double(x0[$0])))
      }
    }
  }
  return x
}
