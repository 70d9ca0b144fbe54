package import SystemPackage

/// What can be wrong with a network's description or its files.
package enum NetworkError: Error, Equatable, Sendable {
  /// A property of a `UNetConfiguration`.
  case configuration(key: String, cause: String)
  /// A size that the network's levels cannot halve often enough.
  case imageSize(width: Int, height: Int, multiple: Int)

  /// The system refused to read or write.
  case file(FilePath, failure: String, cause: String)
  /// Not JSON, at this byte.
  case json(FilePath, offset: Int, problem: String)
  /// An option of a JSON file is missing, of a wrong type or out of range.
  case option(FilePath, key: String, problem: String)
  /// An option of a JSON file has a value that Stipple has no code for.
  case unsupported(FilePath, key: String, value: String, supported: String)
  /// A folder that is not a diffusers network, or weights in a form that is not read.
  case folder(FilePath, cause: String, remedy: String)
  /// An export would replace this file.
  case exists(FilePath)

  /// A file that is not a whole safetensors file.
  case safetensors(FilePath, cause: String)
  /// One tensor of a safetensors file.
  case tensor(FilePath, name: String, cause: String)
  /// Tensors that are not those of the network.
  case mismatch(FilePath, ParameterMismatch)
}

/// How a file's tensors differ from a network's parameters.
package struct ParameterMismatch: Equatable, Sendable {
  /// A parameter with the shape that the network has and the one in the file.
  package struct Shape: Equatable, Sendable {
    package let name: String
    package let expected, found: [Int]

    package init(name: String, expected: [Int], found: [Int]) {
      (self.name, self.expected, self.found) = (name, expected, found)
    }
  }

  package var missing: [String] = []
  package var extra: [String] = []
  package var shapes: [Shape] = []

  package init() {}

  /// Whether there is no difference.
  package var isEmpty: Bool { missing.isEmpty && extra.isEmpty && shapes.isEmpty }
}
