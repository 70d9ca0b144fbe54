#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a network is shown an image at a level of noise.
///
/// Every path x = a x_0 + s eps is kept here as x_t = x / sqrt(a^2 + s^2), which has the variance of the image and of
/// the noise at all levels, with abar = a^2 / (a^2 + s^2): so samplers, losses and files know one kind of level. What
/// the papers show a network is that, scaled, and a number that tells the level.
package struct NetworkView: Equatable, Sendable {
  /// What x_t is multiplied by.
  package let scale: Double
  /// The level as the network is told it.
  package let condition: Double
}

extension NoiseSchedule {
  /// sigma_min and sigma_max (Karras et al. 2022, section 5 and table 1).
  package static let edmLevels = 0.002...80.0
  /// sigma_data, the standard deviation that images are taken to have (Karras et al. 2022, table 1).
  package static let dataDeviation = 0.5

  /// What the network is given for a batch of x_t (N, C, H, W) at real timesteps: the images scaled, and the numbers
  /// that tell their levels (N).
  package func networkInput(_ x: [Float], at timesteps: [Double]) -> (x: [Float], t: [Float]) {
    let views = timesteps.map(networkView)
    var scaled = x
    let size = x.count / max(timesteps.count, 1)
    for (number, view) in views.enumerated() where view.scale != 1 {
      let scale = Float(view.scale)
      for i in (number * size)..<((number + 1) * size) { scaled[i] *= scale }
    }
    return (scaled, views.map { Float($0.condition) })
  }

  /// How the network sees x_t at a real timestep.
  ///
  /// - `flow`: (1 - u) x_0 + u eps itself, and T u, as diffusers has it.
  /// - `edm`: c_in (x_0 + sigma eps) with c_in = 1 / sqrt(sigma^2 + sigma_data^2), and c_noise = log(sigma) / 4 (Karras
  ///   et al. 2022, table 1).
  /// - All others: x_t and t.
  package func networkView(at t: Double) -> NetworkView {
    let level = level(at: t)
    switch configuration.kind {
    case .flow:
      let sum = level.signal + level.noise
      return NetworkView(scale: 1 / sum, condition: Double(timesteps) * level.noise / sum)
    case .edm:
      let data = Self.dataDeviation * level.signal
      return NetworkView(
        scale: 1 / (level.noise * level.noise + data * data).squareRoot(),
        condition: log(level.relativeNoise) / 4)
    case .linear, .scaledLinear, .cosine, .sigmoid, .sigmoidBeta, .listed:
      return NetworkView(scale: 1, condition: t)
    }
  }
}
