/// The process that turns images into noise: single Markov steps, and all of them at once.
///
/// All spans are one image each (or several at the same timestep), in any layout, of equal lengths.
package struct ForwardProcess: Sendable {
  /// The variances.
  package let schedule: NoiseSchedule

  /// The forward process of `schedule`.
  package init(_ schedule: NoiseSchedule) { self.schedule = schedule }

  /// The weights of x_0 and eps in x_t: sqrt(abar_t) and sqrt(1 - abar_t).
  package func weights(_ t: Int) -> (x0: Double, epsilon: Double) {
    (schedule.alphaBar[t].squareRoot(), (1 - schedule.alphaBar[t]).squareRoot())
  }

  /// One Markov step, from x_{t-1} to x_t ~ N(sqrt(1 - beta_t) x_{t-1}, beta_t I) (Ho et al. 2020,
  /// eq. 2), with standard normal `noise`.
  package func step(_ x: inout MutableSpan<Float>, to t: Int, noise: Span<Float>) {
    precondition(x.count == noise.count, "image and noise differ in size")
    let keep = (1 - schedule.beta[t]).squareRoot()
    let add = schedule.beta[t].squareRoot()
    for i in x.indices { x[i] = Float(keep * Double(x[i]) + add * Double(noise[i])) }
  }

  /// x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps (Ho et al. 2020, eq. 4).
  package func noised(
    _ x0: Span<Float>, at t: Int, epsilon: Span<Float>, into xt: inout MutableSpan<Float>
  ) {
    precondition(
      x0.count == epsilon.count && x0.count == xt.count, "image, noise and result differ in size")
    let weights = weights(t)
    for i in x0.indices {
      xt[i] = Float(weights.x0 * Double(x0[i]) + weights.epsilon * Double(epsilon[i]))
    }
  }

  /// x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps (Ho et al. 2020, eq. 4).
  package func noised(_ x0: [Float], at t: Int, epsilon: [Float]) -> [Float] {
    var xt = [Float](repeating: 0, count: x0.count)
    var span = xt.mutableSpan
    noised(x0.span, at: t, epsilon: epsilon.span, into: &span)
    return xt
  }

  /// x_t at a real timestep, between two of the schedule's.
  package func noised(_ x0: [Float], at t: Double, epsilon: [Float]) -> [Float] {
    precondition(x0.count == epsilon.count, "image and noise differ in size")
    let level = schedule.level(at: t)
    return zip(x0, epsilon).map {
      Float(level.signal * Double($0) + level.noise * Double($1))
    }
  }
}
