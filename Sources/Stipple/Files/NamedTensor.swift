/// A parameter's values, or its moments or average, in memory that somebody else owns.
package struct NamedTensor {
  /// The parameter's path: `down_blocks.0.resnets.0.conv1.weight`.
  package let name: String
  /// PyTorch's axes: (O, I, kH, kW), (O, I) or (C).
  package let shape: [Int]
  /// Row-major.
  package let values: UnsafeMutableBufferPointer<Float>

  /// Describes memory that has to outlive this value.
  package init(name: String, shape: [Int], values: UnsafeMutableBufferPointer<Float>) {
    precondition(shape.reduce(1, *) == values.count, "\(name) has another number of values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}
