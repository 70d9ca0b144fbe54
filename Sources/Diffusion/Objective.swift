/// What a network is trained to predict from x_t.
public enum Objective: String, Codable, Sendable, CaseIterable {
  /// The noise eps (Ho et al. 2020, eq. 14).
  case epsilon
  /// The clean image x_0.
  case image
  /// v = sqrt(abar) eps - sqrt(1 - abar) x_0 (Salimans & Ho 2022, section 4).
  case velocity
  /// u = eps - x_0, the velocity of the straight path from the image to the noise (Lipman et al. 2023, eq. 23; Liu et
  /// al. 2023, eq. 1).
  case flow
  /// F of D(x) = c_skip x + c_out F, with x = x_0 + sigma eps, c_skip = sigma_d^2 / (sigma^2 + sigma_d^2) and
  /// c_out = sigma sigma_d / sqrt(sigma^2 + sigma_d^2), where sigma_d = 0.5 (Karras et al. 2022, table 1).
  case edm

  /// What the network should give at the level `alphaBar`, of x_0 and eps.
  package func target(alphaBar: Double) -> Mixture {
    let level = Level(alphaBar: alphaBar)
    switch self {
    case .epsilon: return Mixture(x0: 0, epsilon: 1)
    case .image: return Mixture(x0: 1, epsilon: 0)
    case .velocity: return Mixture(x0: -level.noise, epsilon: level.signal)
    case .flow: return Mixture(x0: -1, epsilon: 1)
    case .edm:
      // (x_0 - c_skip x) / c_out
      let (d, sum) = Self.edm(level)
      return Mixture(x0: level.noise / (d * sum), epsilon: -d * level.signal / sum)
    }
  }

  /// The weights of x_t and of the network's output in x_0 at the level `alphaBar`.
  package func x0(alphaBar: Double) -> (xt: Double, output: Double) {
    let level = Level(alphaBar: alphaBar)
    switch self {
    case .epsilon: return (1 / level.signal, -((1 - alphaBar) / alphaBar).squareRoot())
    case .image: return (0, 1)
    case .velocity: return (level.signal, -level.noise)
    case .flow:
      let sum = level.signal + level.noise
      return (1 / sum, -level.noise / sum)
    case .edm:
      let (d, sum) = Self.edm(level)
      return (d * d * level.signal / (sum * sum), d * level.noise / sum)
    }
  }

  /// sigma_data, and sqrt(s^2 + sigma_data^2 a^2), which is sqrt(sigma^2 + sigma_data^2) times a.
  private static func edm(_ level: Level) -> (data: Double, sum: Double) {
    let data = NoiseSchedule.dataDeviation
    let scaled = data * level.signal
    return (data, (level.noise * level.noise + scaled * scaled).squareRoot())
  }

  /// The x_0 that the network's `output` for `xt` means, held within `range` where one is given.
  package func predictedX0(
    xt: [Float], output: [Float], alphaBar: Double, within range: ClosedRange<Float>? = nil
  ) -> [Float] {
    precondition(xt.count == output.count, "the network's output differs in size from its input")
    let weights = x0(alphaBar: alphaBar)
    let bounds = range ?? -Float.infinity...Float.infinity
    return [Float](unsafeUninitializedCapacity: xt.count) { x0, count in
      for i in xt.indices {
        let value = Float(weights.xt * Double(xt[i]) + weights.output * Double(output[i]))
        x0[i] = min(max(value, bounds.lowerBound), bounds.upperBound)
      }
      count = xt.count
    }
  }
}
