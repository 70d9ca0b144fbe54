/// A parameter's values, or its moments or average, which somebody else keeps.
package struct NamedTensor {
  /// The parameter's path: `down_blocks.0.resnets.0.conv1.weight`.
  package let name: String
  /// PyTorch's axes: (O, I, kH, kW), (O, I) or (C).
  package let shape: [Int]
  private let reading: ((UnsafeBufferPointer<Float>) -> Void) -> Void
  private let writing: ((UnsafeMutableBufferPointer<Float>) -> Void) -> Void

  /// Describes values by how they are read and written: each function calls what it is given once, with
  /// all values, row-major.
  package init(
    name: String, shape: [Int],
    reading: @escaping ((UnsafeBufferPointer<Float>) -> Void) -> Void,
    writing: @escaping ((UnsafeMutableBufferPointer<Float>) -> Void) -> Void
  ) {
    self.name = name
    self.shape = shape
    self.reading = reading
    self.writing = writing
  }

  /// Describes memory that has to outlive this value.
  package init(name: String, shape: [Int], values: UnsafeMutableBufferPointer<Float>) {
    precondition(shape.reduce(1, *) == values.count, "\(name) has another number of values")
    self.init(
      name: name, shape: shape, reading: { $0(UnsafeBufferPointer(values)) },
      writing: { $0(values) })
  }

  /// Calls `body` with the values, row-major.
  package func read<Value, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var result: Result<Value, Failure>?
    reading { values in
      result = Result { () throws(Failure) in try body(values) }
    }
    guard let result else { preconditionFailure("\(name) was not read") }
    return try result.get()
  }

  /// Takes over what `body` writes: all values, row-major.
  package func write<Value, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var result: Result<Value, Failure>?
    writing { values in
      result = Result { () throws(Failure) in try body(values) }
    }
    guard let result else { preconditionFailure("\(name) was not written") }
    return try result.get()
  }
}
