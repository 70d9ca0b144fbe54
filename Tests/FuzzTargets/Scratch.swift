internal import SystemPackage

/// Files that are written often and need not outlive the process.
enum Scratch {
  static func write(_ bytes: [UInt8], to path: FilePath) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(bytes) }
  }

  static func read(_ path: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter {
      let size = Int(try file.seek(offset: 0, from: .end))
      var bytes = [UInt8](repeating: 0, count: size)
      let count = try bytes.withUnsafeMutableBytes {
        try file.read(fromAbsoluteOffset: 0, into: $0)
      }
      return Array(bytes[..<count])
    }
  }
}
