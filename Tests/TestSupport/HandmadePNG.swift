/// A PNG file made byte by byte, without libpng, so that reader and test share nothing.
package struct HandmadePNG {
  package var width = 11
  package var height = 9
  package var colorType = 2
  package var bitDepth = 8
  package var isInterlaced = false
  /// PNG's filter of every row, 0 to 4; 5 takes them in turn.
  package var filter = 0
  /// Red, green and blue of each index.
  package var palette: [[Int]] = []
  /// The data of tRNS: alphas of a palette, or one color's 16-bit samples.
  package var transparency: [UInt8]?
  /// Chunks between IHDR and the palette.
  package var extraChunks: [(type: String, data: [UInt8])] = []
  /// Chunks between the pixels and IEND.
  package var lateChunks: [(type: String, data: [UInt8])] = []
  /// The sample at column, row and channel.
  package var sample: (_ x: Int, _ y: Int, _ c: Int) -> Int = { _, _, _ in 0 }

  /// An image of 11 x 9 black RGB pixels until told otherwise.
  package init(
    width: Int = 11, height: Int = 9, colorType: Int = 2, bitDepth: Int = 8,
    isInterlaced: Bool = false, filter: Int = 0, palette: [[Int]] = [],
    transparency: [UInt8]? = nil, extraChunks: [(type: String, data: [UInt8])] = [],
    lateChunks: [(type: String, data: [UInt8])] = [],
    sample: @escaping (_ x: Int, _ y: Int, _ c: Int) -> Int = { _, _, _ in 0 }
  ) {
    (self.width, self.height) = (width, height)
    (self.colorType, self.bitDepth, self.isInterlaced) = (colorType, bitDepth, isInterlaced)
    (self.filter, self.palette, self.transparency) = (filter, palette, transparency)
    (self.extraChunks, self.lateChunks, self.sample) = (extraChunks, lateChunks, sample)
  }

  /// Samples a pixel, as stored.
  package var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1 }

  /// The whole file.
  package var bytes: [UInt8] { Self.signature + chunks.flatMap { Self.chunk($0.type, $0.data) } }

  /// The chunks of the file in order.
  package var chunks: [(type: String, data: [UInt8])] {
    var chunks = [(type: "IHDR", data: header)] + extraChunks
    if !palette.isEmpty { chunks.append(("PLTE", palette.flatMap { $0.map { UInt8($0) } })) }
    if let transparency { chunks.append(("tRNS", transparency)) }
    // Two IDAT chunks, so that a reader has to join them.
    let stream = Self.zlib(scanlines)
    chunks.append(("IDAT", Array(stream[..<(stream.count / 2)])))
    chunks.append(("IDAT", Array(stream[(stream.count / 2)...])))
    return chunks + lateChunks + [("IEND", [])]
  }

  private var header: [UInt8] {
    Self.word(width) + Self.word(height)
      + [UInt8(bitDepth), UInt8(colorType), 0, 0, isInterlaced ? 1 : 0]
  }

  /// Filtered rows of the image, or of Adam7's seven small images.
  private var scanlines: [UInt8] {
    guard isInterlaced else { return rows(x0: 0, y0: 0, dx: 1, dy: 1) }
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    return passes.flatMap { rows(x0: $0.0, y0: $0.1, dx: $0.2, dy: $0.3) }
  }

  private func rows(x0: Int, y0: Int, dx: Int, dy: Int) -> [UInt8] {
    var out: [UInt8] = []
    let columns = Array(stride(from: x0, to: width, by: dx))
    if columns.isEmpty { return [] }
    let pixelBytes = max(1, channels * bitDepth / 8)
    var above = [UInt8](repeating: 0, count: (columns.count * channels * bitDepth + 7) / 8)
    for (row, y) in stride(from: y0, to: height, by: dy).enumerated() {
      let raw = packed(columns.flatMap { x in (0..<channels).map { sample(x, y, $0) } })
      let kind = filter == 5 ? row % 5 : filter
      out.append(UInt8(kind))
      for i in raw.indices {
        let left = i < pixelBytes ? 0 : Int(raw[i - pixelBytes])
        let corner = i < pixelBytes ? 0 : Int(above[i - pixelBytes])
        let guess = Self.predict(kind, left: left, up: Int(above[i]), corner: corner)
        out.append(raw[i] &- UInt8(guess))
      }
      above = raw
    }
    return out
  }

  private func packed(_ samples: [Int]) -> [UInt8] {
    if bitDepth == 16 { return samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
    var out: [UInt8] = []
    let perByte = 8 / bitDepth
    for start in stride(from: 0, to: samples.count, by: perByte) {
      var byte = 0
      for k in 0..<perByte {
        byte = byte << bitDepth | (start + k < samples.count ? samples[start + k] : 0)
      }
      out.append(UInt8(byte))
    }
    return out
  }

  private static func predict(_ filter: Int, left: Int, up: Int, corner: Int) -> Int {
    switch filter {
    case 1: return left
    case 2: return up
    case 3: return (left + up) / 2
    case 4:
      let estimate = left + up - corner
      let (a, b, c) = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
      return a <= b && a <= c ? left : b <= c ? up : corner
    default: return 0
    }
  }

  package static let signature: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]

  /// The chunks of a file, read without the codec.
  package static func chunks(of file: [UInt8]) -> [(type: String, data: [UInt8])] {
    var chunks: [(type: String, data: [UInt8])] = []
    var start = signature.count
    while start + 12 <= file.count {
      let length = file[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
      let type = String(decoding: file[(start + 4)..<(start + 8)], as: UTF8.self)
      chunks.append((type, Array(file[(start + 8)..<(start + 8 + length)])))
      start += 12 + length
    }
    return chunks
  }

  /// An eXIf chunk's data that tell an orientation, 1 to 8, and nothing else.
  package static func exif(orientation: Int, bigEndian: Bool = true) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return bigEndian ? bytes.reversed() : bytes
    }
    // The header, one entry of type "short", and no further list.
    let parts = [
      Array((bigEndian ? "MM" : "II").utf8), number(42, 2), number(8, 4), number(1, 2),
      number(0x0112, 2), number(3, 2), number(1, 4), number(orientation, 2), [0, 0], number(0, 4),
    ]
    return Array(parts.joined())
  }

  /// Length, type, data and checksum.
  package static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let typed = Array(type.utf8) + data
    return word(data.count) + typed + word(Int(crc(typed)))
  }

  package static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  package static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { register, byte in
      (0..<8).reduce(register ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1
      }
    }
  }

  /// A zlib stream of stored blocks (RFC 1950 and 1951, 3.2.4).
  package static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    let blocks = stride(from: 0, to: max(1, bytes.count), by: 65535)
    for start in blocks {
      let block = bytes[start..<min(start + 65535, bytes.count)]
      let isLast = start + 65535 >= bytes.count
      let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
      out += [isLast ? 1 : 0, low, high, ~low, ~high] + block
    }
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return out + word(b << 16 | a)
  }
}
