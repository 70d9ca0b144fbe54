/// What a network is trained to predict from x_t; the raw values are diffusers' `prediction_type`.
package enum Objective: String, Codable, Sendable, CaseIterable {
  /// The noise eps (Ho et al. 2020, eq. 14).
  case epsilon
  /// The clean image x_0.
  case image = "sample"
  /// v = sqrt(abar) eps - sqrt(1 - abar) x_0 (Salimans & Ho 2022, section 4).
  case velocity = "v_prediction"

  /// The weights of x_0 and eps in what the network should give at the level `alphaBar`.
  package func target(alphaBar: Double) -> (x0: Double, epsilon: Double) {
    switch self {
    case .epsilon: (0, 1)
    case .image: (1, 0)
    case .velocity: (-(1 - alphaBar).squareRoot(), alphaBar.squareRoot())
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

  /// What the network should give for x_t made of `x0` and `epsilon` at the level `alphaBar`.
  package func target(
    x0: Span<Float>, epsilon: Span<Float>, alphaBar: Double, into out: inout MutableSpan<Float>
  ) {
    precondition(
      x0.count == epsilon.count && x0.count == out.count, "image, noise and result differ in size")
    let weights = target(alphaBar: alphaBar)
    for i in x0.indices {
      out[i] = Float(weights.x0 * Double(x0[i]) + weights.epsilon * Double(epsilon[i]))
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
