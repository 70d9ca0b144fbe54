internal import CKernels
internal import Random

/// The values of a network's parameters, or anything of the same shapes: gradients, moments,
/// averages.
///
/// One flat piece of float32 memory, in which a parameter's elements have PyTorch's order and begin
/// at a multiple of 16; what lies between parameters is zero.
package final class ParameterStore {
  /// What is stored, in the network's order.
  package let declarations: [Graph.Parameter]
  /// Counts changes, so that what was derived from the values can be derived anew.
  package private(set) var version = 0
  let buffer: Buffer
  private let offsets: [Int]
  private let indices: [String: Int]

  /// Stores zeros.
  package init(_ declarations: [Graph.Parameter]) throws(ComputeError) {
    self.declarations = declarations
    var offsets: [Int] = []
    var end = 0
    for declaration in declarations {
      offsets.append(end)
      end += declaration.count.roundedUp(toMultipleOf: 16)
    }
    self.offsets = offsets
    indices = Dictionary(uniqueKeysWithValues: declarations.enumerated().map { ($1.name, $0) })
    buffer = try Buffer(count: end)
  }

  /// How many elements the parameters have together.
  package var elementCount: Int { declarations.reduce(0) { $0 + $1.count } }

  /// Whether there is a parameter of this name.
  package func contains(_ name: String) -> Bool { indices[name] != nil }

  /// The elements of a parameter in PyTorch's order.
  package subscript(name: String) -> [Float] {
    get { Array(values(at: index(of: name))) }
    set {
      let values = values(at: index(of: name))
      precondition(newValue.count == values.count, "\(name) has \(values.count) elements")
      _ = values.update(fromContentsOf: newValue)
      markChanged()
    }
  }

  /// The elements of the parameter at `index` of the declarations, as long as the store lives.
  package func values(at index: Int) -> UnsafeMutableBufferPointer<Float> {
    .init(start: buffer.pointer + offsets[index], count: declarations[index].count)
  }

  /// To be called after writing through `values(at:)`.
  package func markChanged() { version += 1 }

  /// Takes over the values of a store of the same parameters.
  package func copy(from other: ParameterStore) {
    precondition(declarations == other.declarations, "the stores have different parameters")
    st_copy(buffer.pointer, other.buffer.pointer, buffer.count, st_float32)
    markChanged()
  }

  /// Adds `factor` times the values of a store of the same parameters.
  package func add(_ other: ParameterStore, times factor: Float) {
    precondition(declarations == other.declarations, "the stores have different parameters")
    st_add_scaled(buffer.pointer, other.buffer.pointer, factor, buffer.count)
    markChanged()
  }

  /// Takes over a part of the values of a store of the same parameters, from 0 to 1, and keeps the rest
  /// of its own.
  package func move(towards other: ParameterStore, by part: Float) {
    precondition(declarations == other.declarations, "the stores have different parameters")
    st_move_towards(buffer.pointer, other.buffer.pointer, part, buffer.count)
    markChanged()
  }

  /// Sets all values to zero.
  package func zero() {
    buffer.elements.update(repeating: 0)
    markChanged()
  }

  /// The square root of the sum of all squares, summed up in double.
  package var norm: Double { st_sum_of_squares(buffer.pointer, buffer.count).squareRoot() }

  /// Whether no value is infinite or not a number.
  package var isFinite: Bool { norm.isFinite }

  /// Draws all values from the distributions of their declarations.
  ///
  /// The stream's index is the parameter's, so that a value depends on nothing but the seed, its
  /// parameter's place and its own.
  package func initialise(seed: UInt64) {
    for (index, declaration) in declarations.enumerated() {
      let values = values(at: index)
      let stream = RandomStream(seed: seed, purpose: .parameters, index: index, step: 0)
      switch declaration.initial {
      case .zeros: values.update(repeating: 0)
      case .ones: values.update(repeating: 1)
      case .uniform(let bound):
        stream.fillUniform(values)
        for i in values.indices { values[i] = (2 * values[i] - 1) * bound }
      case .normal(let deviation):
        stream.fillNormal(values)
        for i in values.indices { values[i] *= deviation }
      }
    }
    markChanged()
  }

  private func index(of name: String) -> Int {
    guard let index = indices[name] else { preconditionFailure("there is no parameter \(name)") }
    return index
  }
}
