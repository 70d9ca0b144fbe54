internal import Files
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Opens and reads files that may be anything, with errors that name them.
enum FileReading {
  /// Opens a regular file for reading.
  ///
  /// - Returns: the descriptor, which the caller closes, and the file's size in bytes.
  static func open(
    _ path: FilePath
  ) throws(NetworkError) -> (descriptor: FileDescriptor, size: Int) {
    do throws(FileError) {
      return try RegularFile.openForReading(path)
    } catch {
      throw .file(error.path, failure: error.failure, cause: error.cause)
    }
  }

  /// Fills `buffer` with the bytes from `offset` on.
  static func read(
    _ descriptor: FileDescriptor, of path: FilePath, at offset: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(NetworkError) {
    let count: Int
    do {
      count = try descriptor.readAll(at: offset, into: buffer)
    } catch {
      throw .file(path, failure: "could not be read", cause: "\(error)")
    }
    if count < buffer.count {
      throw .file(path, failure: "could not be read", cause: "it has become shorter")
    }
  }

  /// The bytes of a file of at most `limit`.
  static func contents(of path: FilePath, limit: Int) throws(NetworkError) -> [UInt8] {
    let (descriptor, size) = try open(path)
    defer { try? descriptor.close() }
    if size > limit {
      throw .file(
        path, failure: "could not be read", cause: "it has \(size) bytes, the most is \(limit)")
    }
    return try bytes(of: descriptor, path, at: 0, count: size)
  }

  /// `count` bytes from `offset` on.
  static func bytes(
    of descriptor: FileDescriptor, _ path: FilePath, at offset: Int, count: Int
  ) throws(NetworkError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: NetworkError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(NetworkError) {
        try read(descriptor, of: path, at: offset, into: buffer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Whether there is a file of any kind at `path`.
  static func exists(_ path: FilePath) throws(NetworkError) -> Bool {
    do throws(FileError) {
      return try Folders.exists(path)
    } catch {
      throw .file(error.path, failure: error.failure, cause: error.cause)
    }
  }
}
