internal import PNGCodec
internal import SystemPackage

/// Bytes as a PNG file: as they are, and with right checksums, which let changes through to the
/// decoder.
struct PNGInput {
  private let inputs: [[UInt8]]
  private let path: FilePath
  private static let limits = PNGLimits(pixels: 1 << 20)

  init(_ bytes: [UInt8], in folder: FilePath) {
    path = folder.appending("input.png")
    let repaired = Self.withRightChecksums(bytes)
    inputs = repaired == bytes ? [bytes] : [bytes, repaired]
  }

  func read() throws -> Bool {
    var isRead = false
    for bytes in inputs where try read(bytes) { isRead = true }
    return isRead
  }

  private func read(_ bytes: [UInt8]) throws -> Bool {
    try Scratch.write(bytes, to: path)
    _ = try? PNGReader.text(of: path)
    let header = try? PNGReader.header(of: path, limits: Self.limits)
    let fromMemory = try? PNGReader.read(bytes, named: path, limits: Self.limits)
    let fromFile = try? PNGReader.read(path, limits: Self.limits)
    precondition(fromMemory == fromFile, "a file's pixels differ from those of its bytes")
    for format in PixelFormat.allCases {
      let image = try? PNGReader.read(bytes, named: path, as: format, limits: Self.limits)
      precondition((image == nil) == (fromMemory == nil), "readable in one format only")
      let values = try? PNGReader.readFloat(path, as: format, limits: Self.limits)
      precondition((values == nil) == (image == nil), "readable in one depth only")
      precondition(values?.values.allSatisfy { abs($0) <= 1 } ?? true, "a value outside [-1, 1]")
    }
    guard let fromMemory else { return false }
    precondition(
      fromMemory.width == header?.uprightWidth && fromMemory.height == header?.uprightHeight)
    _ = try? PNGReader.picture(path, limits: Self.limits)
    return true
  }

  /// The chunks' checksums made to fit, up to the first chunk that does not fit into the file.
  private static func withRightChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 8 + length
      guard end + 4 <= bytes.count else { break }
      let checksum = ~bytes[(start + 4)..<end].reduce(UInt32.max) { register, byte in
        (0..<8).reduce(register ^ UInt32(byte)) { value, _ in
          value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1
        }
      }
      for i in 0..<4 { bytes[end + i] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * i)) }
      start = end + 4
    }
    return bytes
  }

  static func seeds(in folder: FilePath) throws -> [[UInt8]] {
    let path = folder.appending("seed.png")
    return try PixelFormat.allCases.map { format in
      var image = PixelImage(width: 5, height: 4, format: format, filledWith: 0)
      for i in image.pixels.indices { image.pixels[i] = UInt8(i * 11 % 256) }
      return try PNGWriter.encode(image, named: path)
    }
  }
}
