internal import Files
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where a PNG's bytes come from: an open file, or memory.
struct PNGSource: ~Copyable {
  /// What errors call it.
  let path: FilePath
  /// Bytes altogether.
  let size: Int
  private let content: Content

  private enum Content {
    case file(FileDescriptor)
    case memory(UnsafeMutableBufferPointer<UInt8>)
  }

  /// Opens a regular file; anything else is refused before a byte is read.
  init(opening path: FilePath) throws(PNGError) {
    let descriptor: FileDescriptor
    do {
      // Without nonBlocking, opening a pipe would wait for its writer.
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
    } catch {
      throw .system(FileError(path, "could not be opened", error))
    }
    var status = stat()
    if fstat(descriptor.rawValue, &status) != 0 {
      let failure = FileError(path, "could not be read")
      try? descriptor.close()
      throw .system(failure)
    }
    if let kind = Self.kind(ofMode: status.st_mode) {
      try? descriptor.close()
      throw .notAFile(path, kind: kind)
    }
    self.path = path
    size = Int(status.st_size)
    content = .file(descriptor)
  }

  /// Reads from memory what errors call `path`.
  init(_ bytes: [UInt8], named path: FilePath) {
    self.path = path
    size = bytes.count
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    content = .memory(copy)
  }

  deinit {
    switch content {
    case .file(let descriptor): try? descriptor.close()
    case .memory(let bytes): bytes.deallocate()
    }
  }

  /// The descriptor, which stands at the file's beginning until somebody reads from it.
  var descriptor: Int32? {
    if case .file(let descriptor) = content { return descriptor.rawValue }
    return nil
  }

  /// The bytes in memory, which are there as long as this source; empty for a file.
  var memory: UnsafeBufferPointer<UInt8> {
    if case .memory(let bytes) = content { return UnsafeBufferPointer(bytes) }
    return UnsafeBufferPointer(start: nil, count: 0)
  }

  /// Up to `count` bytes from `offset`; fewer only at the end.
  func bytes(at offset: Int, count: Int) throws(PNGError) -> [UInt8] {
    switch content {
    case .memory(let bytes):
      return Array(bytes.dropFirst(offset).prefix(count))
    case .file(let descriptor):
      var bytes = [UInt8](repeating: 0, count: count)
      do {
        let filled = try bytes.withUnsafeMutableBytes {
          try descriptor.readAll(at: offset, into: $0)
        }
        bytes.removeLast(count - filled)
      } catch {
        throw .system(FileError(path, "could not be read", error))
      }
      return bytes
    }
  }

  /// What a thing that is not a regular file is called.
  private static func kind(ofMode mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }
}
