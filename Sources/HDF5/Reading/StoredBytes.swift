internal import Files
internal import SystemPackage

/// The bytes of a file that is read. Addresses count from the format's signature.
final class StoredBytes: Sendable {
  private let descriptor: FileDescriptor
  /// Where the signature is: behind a user's own block, where there is one.
  let base: Int
  /// Bytes from the signature to the end of the file.
  let count: Int

  /// The format's first eight bytes.
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  /// Opens a regular file and looks for the signature.
  ///
  /// - Throws: `notHDF5`, or `failed` with the system's cause.
  init(_ path: FilePath) throws(HDF5Error) {
    func failed(_ cause: String) -> HDF5Error {
      .failed(path: path.string, failure: "could not be opened", cause: cause)
    }
    let size: Int
    do throws(FileError) {
      (descriptor, size) = try RegularFile.openForReading(path)
    } catch {
      throw failed(Folders.isFolder(path) ? Errno.isDirectory.description : error.cause)
    }
    var place = 0
    while place + 8 <= size {
      let found = try? Self.read(descriptor, at: place, count: 8)
      if found == Self.signature {
        base = place
        count = size - place
        return
      }
      place = place == 0 ? 512 : 2 * place
    }
    try? descriptor.close()
    throw .notHDF5(path: path.string)
  }

  deinit { try? descriptor.close() }

  /// Reads a piece, whose memory is bounded by the file's own size.
  func read(at address: UInt64, count: Int) throws(Problem) -> [UInt8] {
    try check(address, count)
    return try Self.read(descriptor, at: base + Int(address), count: count)
  }

  /// Reads a piece into memory of the caller's.
  func read(at address: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(Problem) {
    try check(address, buffer.count)
    try Self.read(descriptor, at: base + Int(address), into: buffer)
  }

  private func check(_ address: UInt64, _ count: Int) throws(Problem) {
    guard count >= 0, address <= UInt64(self.count), count <= self.count - Int(address) else {
      throw .outside
    }
  }

  private static func read(
    _ descriptor: FileDescriptor, at place: Int, count: Int
  ) throws(Problem) -> [UInt8] {
    var problem: Problem?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(Problem) {
        try read(
          descriptor, at: place,
          into: UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
        initialized = count
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    return bytes
  }

  private static func read(
    _ descriptor: FileDescriptor, at place: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Problem) {
    let count: Int
    do {
      count = try descriptor.readAll(at: place, into: buffer)
    } catch {
      throw .system(error as? Errno ?? .ioError)
    }
    // The file was longer when it was opened.
    if count < buffer.count { throw .outside }
  }
}
