package import Graph

extension SafetensorsFile {
  /// Reads a network's parameters, and nothing unless the file holds exactly these.
  ///
  /// Names of older diffusers versions are understood, and axes of length one at the end of a shape
  /// count for nothing: (C, C, 1, 1) serves where (C, C) is declared.
  /// - Parameter body: is given each parameter and its elements, in the order of `declarations`.
  /// - Throws: `NetworkError.mismatch` with all differences before anything is read.
  package func read(
    _ declarations: [Parameter], _ body: (Parameter, [Float]) -> Void
  ) throws(NetworkError) {
    let tensors = try tensors(of: declarations)
    for declaration in declarations {
      guard let tensor = tensors[declaration.name] else { continue }
      body(declaration, try values(of: tensor))
    }
  }

  /// Makes sure that the file holds exactly these parameters, without reading any.
  package func check(_ declarations: [Parameter]) throws(NetworkError) {
    _ = try tensors(of: declarations)
  }

  private func tensors(
    of declarations: [Parameter]
  ) throws(NetworkError) -> [String: SafetensorsHeader.Tensor] {
    let tensors = try tensorsByCurrentName()
    let mismatch = Self.compare(declarations, tensors)
    guard mismatch.isEmpty else { throw .mismatch(path, mismatch) }
    return tensors
  }

  private func tensorsByCurrentName() throws(NetworkError) -> [String: SafetensorsHeader.Tensor] {
    var tensors: [String: SafetensorsHeader.Tensor] = [:]
    for tensor in header.tensors {
      let name = DiffusersNames.current(tensor.name)
      if let other = tensors.updateValue(tensor, forKey: name) {
        throw .tensor(
          path, name: tensor.name, cause: "is the same parameter as \(other.name)")
      }
    }
    return tensors
  }

  private static func compare(
    _ declarations: [Parameter], _ tensors: [String: SafetensorsHeader.Tensor]
  ) -> ParameterMismatch {
    var mismatch = ParameterMismatch()
    for declaration in declarations {
      guard let tensor = tensors[declaration.name] else {
        mismatch.missing.append(declaration.name)
        continue
      }
      if withoutTrailingOnes(tensor.shape) != withoutTrailingOnes(declaration.shape) {
        mismatch.shapes.append(
          .init(name: declaration.name, expected: declaration.shape, found: tensor.shape))
      }
    }
    let expected = Set(declarations.map(\.name))
    mismatch.extra = tensors.keys.filter { !expected.contains($0) }.sorted()
    return mismatch
  }

  private static func withoutTrailingOnes(_ shape: [Int]) -> [Int] {
    Array(shape.prefix((shape.lastIndex { $0 != 1 } ?? -1) + 1))
  }
}
