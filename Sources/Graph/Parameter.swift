/// A parameter's declaration.
package struct Parameter: Hashable, Sendable {
  /// Its path, which is its name in every file: `down_blocks.0.resnets.0.conv1.weight`.
  package let name: String
  /// PyTorch's axes: (O, I, kH, kW), (O, I) or (C).
  package let shape: [Int]
  package let initial: Initializer

  package init(name: String, shape: [Int], initial: Initializer) {
    self.name = name
    self.shape = shape
    self.initial = initial
  }

  /// How many elements it has.
  package var count: Int { shape.reduce(1, *) }
}

/// The distribution that a parameter's elements are drawn from before training.
package enum Initializer: Hashable, Sendable {
  case zeros
  case ones
  /// Uniform on [-bound, bound].
  case uniform(bound: Float)
  /// Normal with mean 0.
  case normal(deviation: Float)
}
