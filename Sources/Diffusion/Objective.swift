/// What a network is trained to predict from x_t.
public enum Objective: String, Codable, Sendable, CaseIterable {
  /// The noise eps (Ho et al. 2020, eq. 14).
  case epsilon
  /// The clean image x_0.
  case image
  /// v = sqrt(abar) eps - sqrt(1 - abar) x_0 (Salimans & Ho 2022, section 4).
  case velocity

  /// What the network should give at the level `alphaBar`, of x_0 and eps.
  package func target(alphaBar: Double) -> Mixture {
    switch self {
    case .epsilon: Mixture(x0: 0, epsilon: 1)
    case .image: Mixture(x0: 1, epsilon: 0)
    case .velocity: Mixture(x0: -(1 - alphaBar).squareRoot(), epsilon: alphaBar.squareRoot())
    }
  }

  /// The weights of x_t and of the network's output in x_0 at the level `alphaBar`.
  package func x0(alphaBar: Double) -> (xt: Double, output: Double) {
    switch self {
    case .epsilon: (1 / alphaBar.squareRoot(), -((1 - alphaBar) / alphaBar).squareRoot())
    case .image: (0, 1)
    case .velocity: (alphaBar.squareRoot(), -(1 - alphaBar).squareRoot())
    }
  }

  /// The weights of x_t and of the network's output in eps at the level `alphaBar`.
  package func epsilon(alphaBar: Double) -> (xt: Double, output: Double) {
    switch self {
    case .epsilon: (0, 1)
    case .image:
      (1 / (1 - alphaBar).squareRoot(), -(alphaBar / (1 - alphaBar)).squareRoot())
    case .velocity: ((1 - alphaBar).squareRoot(), alphaBar.squareRoot())
    }
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
