/// A chunk's place in a file.
struct PNGChunk {
  /// Its four letters.
  let type: String
  /// Where its data begin, after length and type.
  let offset: Int
  /// Bytes of data, without the checksum that follows them.
  let length: Int
}

/// What chunks that do not concern the pixels tell of an image.
struct PNGChunkFacts {
  var orientation = PNGOrientation.upright
  /// Frames of an animation.
  var frames: Int?
  /// Those of at most `longestText` bytes.
  var texts: [PNGText] = []

  init() {}

  /// Walks a whole file; it ends quietly at damage, which whoever decodes the file finds.
  init(in source: borrowing PNGSource) {
    var chunks = PNGChunks()
    while let chunk = try? chunks.next(in: source), chunk.type != "IEND" {
      let longest = chunk.type == "tEXt" ? Self.longestText : Self.longest
      guard Self.types.contains(chunk.type), chunk.length <= longest,
        let data = try? source.bytes(at: chunk.offset, count: chunk.length)
      else { continue }
      add(chunk.type, data)
    }
  }

  private static let types = ["eXIf", "acTL", "tEXt"]
  private static let longestText = 1 << 12
  /// Exif in JPEG files ends at 64 KiB; longer ones are not looked at.
  static let longest = 1 << 20

  /// Takes in a chunk of any type.
  mutating func add(_ type: String, _ data: @autoclosure () -> [UInt8]) {
    switch type {
    case "eXIf": orientation = PNGOrientation(exif: data())
    // acTL: frames, plays; one frame is a still image.
    case "acTL":
      let words = data()
      let count = words.count == 8 ? Int(PNGChunks.word(words[..<4])) : 0
      frames = count > 1 ? count : nil
    case "tEXt": if let text = PNGText(latin1: data()) { texts.append(text) }
    default: break
    }
  }
}

/// PNG's chunks one after another, read without libpng and in bounded memory.
struct PNGChunks {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  private var next = signature.count

  /// The next chunk, or nil after IEND.
  ///
  /// - Throws: `cutShort` where the file ends inside it, `damaged` where it is no chunk at all.
  mutating func next(in source: borrowing PNGSource) throws(PNGError) -> PNGChunk? {
    let head = try source.bytes(at: next, count: 8)
    guard head.count == 8 else { throw .cutShort(source.path, chunk: nil) }
    guard head[4...].allSatisfy(Self.isLetter), head[0] < 0x80 else {
      throw .damaged(source.path, "no chunk where one should begin, at byte \(next)")
    }
    let type = String(decoding: head[4...], as: UTF8.self)
    let chunk = PNGChunk(type: type, offset: next + 8, length: Int(Self.word(head[..<4])))
    next = chunk.offset + chunk.length + 4
    if next > source.size { throw .cutShort(source.path, chunk: type) }
    return chunk
  }

  /// Reads the chunk's data and checks them against the checksum stored after them.
  static func hasRightChecksum(_ chunk: PNGChunk, in source: borrowing PNGSource)
    throws(PNGError) -> Bool
  {
    var checksum = Checksum()
    var (offset, end) = (chunk.offset - 4, chunk.offset + chunk.length)
    while offset < end {
      let part = try source.bytes(at: offset, count: min(65_536, end - offset))
      if part.isEmpty { throw .cutShort(source.path, chunk: chunk.type) }
      part.withUnsafeBytes { checksum.add($0) }
      offset += part.count
    }
    let stored = try source.bytes(at: end, count: 4)
    return stored.count == 4 && word(stored[...]) == checksum.value
  }

  /// A big-endian number of four bytes.
  static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The same, from the number.
  static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) }
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }
}
