package import SystemPackage

/// A safetensors file that is open for reading.
///
/// Nothing in the file is believed before it is checked, and no memory is taken for what the file
/// is too short to hold.
package struct SafetensorsFile: ~Copyable {
  package let path: FilePath
  package let header: SafetensorsHeader
  private let descriptor: FileDescriptor
  /// Where the tensors' bytes begin.
  private let dataOffset: Int

  /// Opens the file and checks all of its header.
  package init(_ path: FilePath) throws(NetworkError) {
    let (descriptor, size) = try FileReading.open(path)
    do throws(NetworkError) {
      (header, dataOffset) = try Self.header(descriptor, size: size, path)
    } catch {
      try? descriptor.close()
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { try? descriptor.close() }

  /// A tensor's elements in row-major order as single precision.
  package func values(of tensor: SafetensorsHeader.Tensor) throws(NetworkError) -> [Float] {
    let bytes = try FileReading.bytes(
      of: descriptor, path, at: dataOffset + tensor.range.lowerBound, count: tensor.range.count)
    return tensor.type.floats(bytes)
  }

  private static func header(
    _ descriptor: FileDescriptor, size: Int, _ path: FilePath
  ) throws(NetworkError) -> (SafetensorsHeader, dataOffset: Int) {
    guard size >= 8 else {
      throw .safetensors(path, cause: "it has \(size) bytes, fewer than the header's length takes")
    }
    let prefix = try FileReading.bytes(of: descriptor, path, at: 0, count: 8)
    let length = prefix.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(size - 8) else {
      throw .safetensors(
        path,
        cause: "the header's length is \(length), and \(size - 8) bytes follow; "
          + "the file is cut short or is something else")
    }
    guard length <= UInt64(SafetensorsHeader.lengthLimit) else {
      throw .safetensors(path, cause: "the header's length is \(length), which is absurd")
    }
    let text = try FileReading.bytes(of: descriptor, path, at: 8, count: Int(length))
    let header = try SafetensorsHeader(text, dataLength: size - 8 - Int(length), path: path)
    return (header, 8 + Int(length))
  }
}
