package import SystemPackage

/// Files that are read or copied byte for byte.
package enum FileCopy {
  private static let pieceSize = 1 << 20

  /// Puts the bytes of a file in another place, where they appear whole or not at all.
  ///
  /// - Parameter replacing: whether another file in that place is replaced; else it is an error.
  /// - Throws: `FileError` with the path and the system's cause.
  package static func copy(
    _ source: FilePath, to destination: FilePath, replacing: Bool
  ) throws(FileError) {
    let file = try AtomicFile(replacing: destination)
    try read(source) { piece throws(FileError) in
      do {
        _ = try file.descriptor.writeAll(piece)
      } catch {
        throw FileError(destination, "could not be written", error)
      }
    }
    try file.publish(replacing: replacing)
  }

  /// Gives the bytes of a file piece by piece.
  ///
  /// - Throws: `FileError` where it cannot be read to the end that it had when it was opened, and what `take` throws.
  package static func read(
    _ path: FilePath, _ take: ([UInt8]) throws(FileError) -> Void
  ) throws(FileError) {
    let (file, size) = try RegularFile.openForReading(path)
    defer { try? file.close() }
    for start in stride(from: 0, to: size, by: pieceSize) {
      let count = min(pieceSize, size - start)
      let piece = try bytes(of: file, at: start, count: count, path)
      guard piece.count == count else {
        throw FileError(path, "could not be read", cause: "it became shorter meanwhile")
      }
      try take(piece)
    }
  }

  /// Whether two files are there and have the same bytes, and the second is no link.
  package static func haveSameBytes(_ a: FilePath, _ b: FilePath) -> Bool {
    guard let (first, size) = try? RegularFile.openForReading(a) else { return false }
    defer { try? first.close() }
    guard let (second, otherSize) = try? RegularFile.openForReading(b, followingLinks: false)
    else { return false }
    defer { try? second.close() }
    guard size == otherSize else { return false }
    for start in stride(from: 0, to: size, by: pieceSize) {
      let count = min(pieceSize, size - start)
      guard let one = try? bytes(of: first, at: start, count: count, a),
        let other = try? bytes(of: second, at: start, count: count, b), one == other
      else { return false }
    }
    return true
  }

  private static func bytes(
    of file: FileDescriptor, at start: Int, count: Int, _ path: FilePath
  ) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    do {
      let read = try bytes.withUnsafeMutableBytes { try file.readAll(at: start, into: $0) }
      return Array(bytes[..<read])
    } catch {
      throw FileError(path, "could not be read", error)
    }
  }
}
