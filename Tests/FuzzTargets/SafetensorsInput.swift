internal import Compiler
internal import Graph
internal import Networks
internal import Stipple
internal import SystemPackage

/// Bytes as a safetensors file.
struct SafetensorsInput {
  private let path: FilePath
  private let size: Int

  init(_ bytes: [UInt8], in folder: FilePath) throws {
    path = folder.appending("input.safetensors")
    size = bytes.count
    try Scratch.write(bytes, to: path)
  }

  func read() throws -> Bool {
    var isRead = false
    do throws(NetworkError) {
      let file = try SafetensorsFile(path)
      var bytes = 0
      for tensor in file.header.tensors {
        let values = try file.values(of: tensor)
        precondition(values.count == tensor.shape.reduce(1, *), "elements do not fill the shape")
        bytes += tensor.range.count
      }
      precondition(bytes <= size, "more elements than the file holds")
      isRead = true
      let declarations = TinyNetwork.configuration.network.parameters
      try file.read(declarations) { parameter, values in
        precondition(values.count == parameter.shape.reduce(1, *))
      }
    } catch {
      precondition(!error.description.isEmpty)
    }
    return isRead
  }

  static func seeds(in folder: FilePath) throws -> [[UInt8]] {
    let path = folder.appending("seed.safetensors")
    try TinyNetwork.writeSafetensors(to: path)
    let small =
      #"{"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},"__metadata__":{"b":"c"}}"#
    return [
      try Scratch.read(path),
      [UInt8(small.utf8.count)] + [0, 0, 0, 0, 0, 0, 0] + small.utf8 + [1, 2, 3, 4],
    ]
  }
}
