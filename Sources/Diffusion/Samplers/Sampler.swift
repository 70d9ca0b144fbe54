/// A way down from noise to an image: a pure value that knows where to ask the network, and how
/// each answer moves the images.
///
/// Samplers work on predictions of x_0, so that they do not depend on what the network was trained
/// to predict. All images of a batch are at the same timestep, one after another in one array.
package protocol Sampler: Sendable {
  /// The schedule that the network was trained with.
  var schedule: NoiseSchedule { get }

  /// The timesteps at which the network is asked, largest first.
  var timesteps: [Double] { get }

  /// Takes `x` from `timesteps[i]` to where step `i` leads, given the prediction `x0` there.
  ///
  /// `noise` is called where the step adds noise, and only there.
  func step(_ i: Int, x: inout [Float], x0: [Float], noise: NoiseSource)
}

/// Fills a batch with standard normal numbers for the step that leaves a timestep.
///
/// The key tells the steps of a run apart: the timestep, rounded up where it is not whole.
package typealias NoiseSource = (_ key: Int, _ out: inout [Float]) -> Void

/// The Gaussian step x ← a x + b x_0 + c z, in which every one-step sampler ends.
package struct GaussianStep: Sendable, Equatable {
  /// The weights of x, of the predicted x_0 and of fresh noise.
  package let x, x0, noise: Double

  /// Applies the step to a batch; `key` names the noise.
  package func apply(to x: inout [Float], x0: [Float], key: Int, noise source: NoiseSource) {
    precondition(x.count == x0.count, "the prediction differs in size from the batch")
    var z: [Float] = []
    if noise != 0 {
      z = [Float](repeating: 0, count: x.count)
      source(key, &z)
    }
    for i in x.indices {
      var value = self.x * Double(x[i]) + self.x0 * Double(x0[i])
      if noise != 0 { value += noise * Double(z[i]) }
      x[i] = Float(value)
    }
  }
}

/// A sampler whose every step is Gaussian, with weights known beforehand.
package protocol GaussianSampler: Sampler {
  /// The weights of step `i`.
  func weights(_ i: Int) -> GaussianStep
}

extension GaussianSampler {
  /// Takes `x` from `timesteps[i]` to where step `i` leads.
  package func step(_ i: Int, x: inout [Float], x0: [Float], noise: NoiseSource) {
    let key = Int(timesteps[i].rounded(.up))
    weights(i).apply(to: &x, x0: x0, key: key, noise: noise)
  }
}
