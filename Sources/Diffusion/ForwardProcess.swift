/// The process that turns images into noise: single Markov steps, and all of them at once.
///
/// All spans and lists are one image each (or several at the same timestep), in any layout, of equal lengths.
package struct ForwardProcess: Sendable {
  /// The variances.
  package let schedule: NoiseSchedule

  /// The forward process of `schedule`.
  package init(_ schedule: NoiseSchedule) { self.schedule = schedule }

  /// What x_0 and eps weigh in x_t, at a real timestep or at -1: sqrt(abar_t) and sqrt(1 - abar_t).
  package func mixture(at t: Double) -> Mixture {
    let level = schedule.level(at: t)
    return Mixture(x0: level.signal, epsilon: level.noise)
  }

  /// One Markov step, from x_{t-1} to x_t ~ N(sqrt(1 - beta_t) x_{t-1}, beta_t I) (Ho et al. 2020,
  /// eq. 2), with standard normal `noise`.
  package func step(_ x: inout [Float], to t: Int, noise: Span<Float>) {
    precondition(x.count == noise.count, "image and noise differ in size")
    let keep = (1 - schedule.beta[t]).squareRoot()
    let add = schedule.beta[t].squareRoot()
    for i in x.indices { x[i] = Float(keep * Double(x[i]) + add * Double(noise[i])) }
  }

  /// x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps (Ho et al. 2020, eq. 4), at a real timestep.
  package func noised(_ x0: [Float], at t: Double, epsilon: [Float]) -> [Float] {
    mixture(at: t)(x0, epsilon)
  }
}

/// A weighted sum of an image and noise, as x_t is, and as what a network predicts from it is.
package struct Mixture: Sendable, Equatable {
  /// The weight of x_0.
  package let x0: Double
  /// The weight of eps.
  package let epsilon: Double

  /// The sum, computed in double precision.
  package func callAsFunction(_ x0: [Float], _ epsilon: [Float]) -> [Float] {
    precondition(x0.count == epsilon.count, "image and noise differ in size")
    return zip(x0, epsilon).map { Float(self.x0 * Double($0) + self.epsilon * Double($1)) }
  }

  /// The sum, computed in single precision: as training and noised files have it.
  package func mix(
    _ x0: Span<Float>, _ epsilon: Span<Float>, into sum: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      x0.count == epsilon.count && x0.count == sum.count, "image, noise and result differ in size")
    let (a, b) = (Float(self.x0), Float(self.epsilon))
    for i in x0.indices { sum[i] = a * x0[i] + b * epsilon[i] }
  }

  /// The sum, computed in single precision.
  package func mixed(_ x0: Span<Float>, _ epsilon: Span<Float>) -> [Float] {
    var sum = [Float](repeating: 0, count: x0.count)
    sum.withUnsafeMutableBufferPointer { mix(x0, epsilon, into: $0) }
    return sum
  }
}
