import Stipple

/// The linear multistep method of Adams and Bashforth of order 2 for the probability flow ODE, in the noise
/// level s = sqrt((1 - abar) / abar), on timesteps that lie closer together where there is less noise.
///
/// With y = x / sqrt(abar), an image with noise of standard deviation s added to it, dy/ds = (y - x_0) / s.
/// One evaluation of the network a step, as with Euler's method.
struct AdamsBashforth {
  /// Steps from noise to the image.
  let steps: Int

  /// The images of these indices, one after another as (C, H, W).
  func images(_ indices: [Int], _ generator: Generator) throws -> [Float] {
    let model = generator.model
    let timesteps = timesteps(model)
    func level(_ t: Double) -> Double {
      let alphaBar = model.alphaBar(at: t)
      return ((1 - alphaBar) / alphaBar).squareRoot()
    }

    let signal = model.alphaBar(at: timesteps[0]).squareRoot()
    var y = generator.initialNoise(indices).map { $0 / Float(signal) }
    var before: (slope: [Float], step: Double)?
    for (i, t) in timesteps.enumerated() {
      let isLast = i + 1 == timesteps.count
      let s = level(t)
      let step = (isLast ? 0 : level(timesteps[i + 1])) - s

      let signal = Float(model.alphaBar(at: t).squareRoot())
      let x0 = try generator.predictedX0(y.map { $0 * signal }, at: t, indices)
      let slope = zip(y, x0).map { ($0 - $1) / Float(s) }

      // Half of the last change of the slope is carried on, but in the last step, which ends in x_0.
      let share = isLast ? 0 : Float(before.map { step / $0.step / 2 } ?? 0)
      let old = before?.slope ?? slope
      for j in y.indices { y[j] += Float(step) * (slope[j] + share * (slope[j] - old[j])) }
      before = (slope, step)
    }
    return y
  }

  /// From the last timestep that still has some of the image in it down to 0.
  private func timesteps(_ model: DiffusionModel) -> [Double] {
    let last = (0..<model.timesteps).last { model.alphaBar(at: Double($0)) > 1e-6 } ?? 0
    return (0..<steps).map { i in
      let left = 1 - Double(i) / Double(max(1, steps - 1))
      return Double(last) * left * left
    }
  }
}
