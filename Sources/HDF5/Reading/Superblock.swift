/// The beginning of a file: where its root is.
struct Superblock {
  /// The root group's header.
  let root: UInt64

  /// Reads versions 0 to 3 with addresses and lengths of eight bytes.
  ///
  /// - Throws: `Problem.outside` where the file is shorter than it should be.
  init(_ bytes: StoredBytes) throws(Problem) {
    var reader = ByteReader(try bytes.read(at: 0, count: min(bytes.count, 128)))
    try reader.skip(8)
    guard reader.remaining >= 40 else { throw .outside }
    let version = try reader.version(0, 1, 2, 3)
    if version < 2 {
      try reader.skip(4)
      try Self.checkSizes(&reader)
      try reader.skip(1 + 2 + 2 + 4 + (version == 1 ? 4 : 0))
      try reader.skip(16)
      guard reader.remaining >= 32 else { throw .outside }
      let end = try reader.address()
      try reader.skip(8 + 8)
      root = try reader.address()
      try Self.checkEnd(end, bytes)
      return
    }
    try Self.checkSizes(&reader)
    let flags = try reader.byte()
    try reader.skip(16)
    let end = try reader.address()
    root = try reader.address()
    _ = try bytes.readChecked(at: 0, count: 48)
    try Self.checkEnd(end, bytes)
    if flags & 1 != 0 { throw .malformed("it was not closed by the program that wrote it") }
  }

  /// Makes sure that the file is as long as it says, with a user's own block at its start.
  private static func checkEnd(_ end: UInt64, _ bytes: StoredBytes) throws(Problem) {
    if end > UInt64(bytes.base + bytes.count) { throw .outside }
  }

  private static func checkSizes(_ reader: inout ByteReader) throws(Problem) {
    let sizes = (try reader.byte(), try reader.byte())
    if sizes != (8, 8) { throw .unread("it has addresses of \(sizes.0) bytes") }
  }
}
