package import Graph
internal import Random

/// The values of a network's parameters, or anything of the same shapes: gradients, moments,
/// averages.
///
/// They lie in a backend's storage, a parameter's elements in PyTorch's order, and are read and written
/// by name or by index. Every change is counted, so that what was derived from them is derived anew.
package final class ParameterStore {
  /// What the values lie on, and programs that use them run on.
  package let backend: any Backend
  /// Where they lie, for reading.
  package let storage: any ParameterStorage
  /// Counts changes.
  private(set) var version = 0
  /// Where each parameter lies in the storage.
  package let layout: ParameterLayout
  private let indices: [String: Int]

  /// Stores zeros.
  package init(_ declarations: [Parameter], on backend: any Backend) throws(ComputeError) {
    self.backend = backend
    layout = ParameterLayout(declarations, alignment: backend.target.alignment)
    indices = Dictionary(uniqueKeysWithValues: declarations.enumerated().map { ($1.name, $0) })
    storage = try backend.makeStorage(layout)
  }

  /// What is stored, in the network's order.
  package var declarations: [Parameter] { layout.declarations }

  /// How many elements the parameters have together.
  package var elementCount: Int { declarations.reduce(0) { $0 + $1.count } }

  /// Whether there is a parameter of this name.
  package func contains(_ name: String) -> Bool { indices[name] != nil }

  /// The elements of a parameter in PyTorch's order.
  package subscript(name: String) -> [Float] {
    get { read(index(of: name)) { Array($0) } }
    set {
      write(index(of: name)) { values in
        precondition(newValue.count == values.count, "\(name) has \(values.count) elements")
        _ = values.update(fromContentsOf: newValue)
      }
    }
  }

  /// Calls `body` with the elements of the parameter at `index` of the declarations.
  package func read<Result, Failure: Error>(
    _ index: Int, _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try storage.read(layout.ranges[index], body)
  }

  /// Takes over what `body` writes: all elements of the parameter at `index` of the declarations.
  package func write<Result, Failure: Error>(
    _ index: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try changing.write(layout.ranges[index], body)
  }

  /// Takes over what `body` writes: all elements of all parameters, and zeros between them.
  package func writeAll(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
    changing.write(0..<layout.count, body)
  }

  /// The storage, for somebody who changes it, which is counted.
  var changing: any ParameterStorage {
    version += 1
    return storage
  }

  /// All elements in place, for somebody who changes them, on a backend that keeps them in this process's
  /// memory.
  package var changingMemory: UnsafeMutableBufferPointer<Float> {
    guard let memory = changing.memory else {
      preconditionFailure("the parameters of \(backend.name) are in no memory of this process")
    }
    return memory
  }

  /// Takes over the values of a store of the same parameters.
  package func copy(from other: ParameterStore) {
    changing.copy(from: matching(other))
  }

  /// Takes over the values of another network's parameters that have the name and shape of one of these, as far as
  /// `isTaken` says so of the name.
  package func copy(matching other: ParameterStore, where isTaken: (String) -> Bool) {
    for declaration in declarations where isTaken(declaration.name) {
      guard let index = other.indices[declaration.name],
        other.declarations[index].shape == declaration.shape
      else { continue }
      self[declaration.name] = other[declaration.name]
    }
  }

  /// Adds `factor` times the values of a store of the same parameters.
  package func add(_ other: ParameterStore, times factor: Float) {
    changing.add(matching(other), times: factor, in: 0..<layout.count)
  }

  /// As `add`, of the parameter at `index` of the declarations alone.
  package func add(_ other: ParameterStore, times factor: Float, _ index: Int) {
    changing.add(matching(other), times: factor, in: layout.ranges[index])
  }

  /// Takes over a part of the values of a store of the same parameters, from 0 to 1, and keeps the rest
  /// of its own.
  ///
  /// - Parameter ranges: the elements of the storage that are moved; nil for all.
  package func move(towards other: ParameterStore, by part: Float, in ranges: [Range<Int>]? = nil) {
    for range in ranges ?? [0..<layout.count] {
      changing.move(towards: matching(other), by: part, in: range)
    }
  }

  /// Sets all values to zero.
  package func zero() {
    changing.zero()
  }

  /// The square root of the sum of all squares, summed up in double.
  package var norm: Double { storage.sumOfSquares(in: 0..<layout.count).squareRoot() }

  /// Whether no value is infinite or not a number.
  package var isFinite: Bool { norm.isFinite }

  /// Draws all values from the distributions of their declarations.
  ///
  /// The stream's index is the parameter's, so that a value depends on nothing but the seed, its
  /// parameter's place and its own.
  package func initialize(seed: UInt64) {
    for (index, declaration) in declarations.enumerated() {
      let stream = RandomStream(seed: seed, purpose: .parameters, index: index, step: 0)
      write(index) { values in
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
    }
  }

  private func matching(_ other: ParameterStore) -> any ParameterStorage {
    precondition(layout == other.layout, "the stores have different parameters")
    return other.storage
  }

  private func index(of name: String) -> Int {
    guard let index = indices[name] else { preconditionFailure("there is no parameter \(name)") }
    return index
  }
}
