/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), clipping by the global
/// norm before it and a moving average of the weights after it, in one pass over all memory.
package final class AdamW {
  /// The constants of the method.
  package struct Configuration: Codable, Equatable, Sendable {
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var weightDecay: Float

    package init(
      beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
    }
  }

  /// The numbers of one update.
  package struct StepConstants: Sendable {
    package let learningRate, beta1, beta2, epsilon, weightDecay: Float
    /// From clipping by the global norm.
    package let gradientScale: Float
    /// 1 / (1 - beta1^step)
    package let correction1: Float
    /// 1 / (1 - beta2^step)
    package let correction2: Float
    /// How much of the weights' average stays.
    package let averageDecay: Float
  }

  package let configuration: Configuration
  package let parameters: ParameterStore
  package let firstMoment: ParameterStore
  package let secondMoment: ParameterStore
  /// The moving average of the weights, which starts as a copy of them.
  package let average: ParameterStore
  /// The elements of all stores that this process keeps up to date; others have the rest.
  package let own: [Range<Int>]
  /// How many updates were made.
  package var step = 0

  /// Starts with moments of zero.
  ///
  /// - Parameter own: the elements that this process updates; nil for all.
  package init(
    _ parameters: ParameterStore, _ configuration: Configuration = .init(), own: [Range<Int>]? = nil
  ) throws(ComputeError) {
    self.parameters = parameters
    self.configuration = configuration
    self.own = own ?? [0..<parameters.layout.count]
    func zeros() throws(ComputeError) -> ParameterStore {
      try ParameterStore(parameters.declarations, on: parameters.backend)
    }
    (firstMoment, secondMoment, average) = (try zeros(), try zeros(), try zeros())
    average.copy(from: parameters)
  }

  /// Makes one update, or none where the gradients are not finite.
  ///
  /// - Parameters:
  ///   - gradients: of the loss with respect to `parameters`.
  ///   - clip: the largest global norm that is left as it is; nil for no clipping.
  ///   - averageDecay: how much of the average stays.
  ///   - total: adds to the sum of this process's squared gradients those of the others.
  /// - Returns: the global norm of the gradients before clipping; where it is not finite, nothing
  ///   has changed.
  package func update(
    gradients: ParameterStore, learningRate: Float, clip: Float?, averageDecay: Float,
    total: (Double) -> Double = { $0 }
  ) -> Double {
    let norm = total(own.reduce(0) { $0 + gradients.storage.sumOfSquares(in: $1) }).squareRoot()
    guard norm.isFinite else { return norm }
    step += 1
    // PyTorch's clip_grad_norm_ has the same 1e-6.
    let scale = clip.map { min(1, Double($0) / (norm + 1e-6)) } ?? 1
    func correction(_ beta: Float) -> Float { Float(1 / (1 - power(Double(beta), step))) }
    let constants = StepConstants(
      learningRate: learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
      epsilon: configuration.epsilon, weightDecay: configuration.weightDecay,
      gradientScale: Float(scale), correction1: correction(configuration.beta1),
      correction2: correction(configuration.beta2), averageDecay: averageDecay)
    for range in own {
      parameters.changing.update(
        constants, firstMoment: firstMoment.changing, secondMoment: secondMoment.changing,
        average: average.changing, gradients: gradients.storage, in: range)
    }
    return norm
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
