internal import Files
package import SystemPackage

/// Writes safetensors files in single precision.
package enum SafetensorsWriter {
  /// A tensor's name and shape.
  package typealias Entry = (name: String, shape: [Int])

  /// Writes `entries`, asking for each one's elements in turn so that only one is in memory twice.
  ///
  /// The file appears only when it is whole. Its data begin at a multiple of eight bytes.
  /// - Parameter values: a tensor's elements by name, in row-major order.
  package static func write(
    _ entries: [Entry], to path: FilePath, values: (String) -> [Float]
  ) throws(NetworkError) {
    do throws(FileError) {
      let file = try AtomicFile(replacing: path)
      do {
        try file.descriptor.writeAll(header(of: entries))
        for entry in entries {
          let values = values(entry.name)
          precondition(
            values.count == entry.shape.reduce(1, *), "\(entry.name) has \(values.count) elements")
          try write(values, to: file.descriptor)
        }
      } catch {
        throw FileError(path, "could not be written", error)
      }
      try file.publish()
    } catch {
      throw .file(error.path, failure: error.failure, cause: error.cause)
    }
  }

  private static func write(_ values: [Float], to descriptor: FileDescriptor) throws {
    #if _endian(little)
      _ = try values.withUnsafeBytes { try descriptor.writeAll($0) }
    #else
      _ = try values.map(\.bitPattern.littleEndian).withUnsafeBytes { try descriptor.writeAll($0) }
    #endif
  }

  /// The header's length and the header, filled up with blanks.
  private static func header(of entries: [Entry]) -> [UInt8] {
    // diffusers and transformers look for the format "pt".
    var members = [JSON.Member("__metadata__", .object([.init("format", .string("pt"))]))]
    var offset = 0
    for entry in entries {
      let end = offset + 4 * entry.shape.reduce(1, *)
      members.append(
        JSON.Member(
          entry.name,
          .object([
            .init("dtype", .string(ElementType.float32.rawValue)),
            .init("shape", .array(entry.shape.map(JSON.integer))),
            .init("data_offsets", .array([.integer(offset), .integer(end)])),
          ])))
      offset = end
    }
    var text = Array(JSON.object(members).text(indented: false).utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }
}
