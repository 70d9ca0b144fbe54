import Compiler
import Foundation
import Graph
import Networks
import SystemPackage
import Testing

/// What several suites need for making files and reading them back.
enum Fixture {
  static func write(_ text: String, to path: FilePath) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Unlike `AtomicFile` this waits for no disk, which thousands of damaged files would feel.
  static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
    try Data(bytes).write(to: URL(filePath: path.string))
  }

  /// A safetensors file: the header's length, the header, and the data.
  static func write(header: String, data: [UInt8], to path: FilePath) throws {
    let text = Array(header.utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    try write(length + text + data, to: path)
  }

  static func weights(of folder: DiffusersFolder) throws -> [String: [Float]] {
    var weights: [String: [Float]] = [:]
    try SafetensorsFile(folder.weights).read(folder.configuration.network.parameters) {
      weights[$0.name] = $1
    }
    return weights
  }

  static func parameters(_ shapes: KeyValuePairs<String, [Int]>) -> [Parameter] {
    let graph = ComputationGraph()
    for (name, shape) in shapes {
      _ = Scope(graph).parameter(name, shape: shape, initial: .zeros)
    }
    return graph.parameters
  }

  /// The text of the error that `body` throws, with `folder` taken out of it.
  static func message(in folder: FilePath, _ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)".replacingOccurrences(of: folder.string + "/", with: "")
    }
  }
}
