internal import CDeflate
internal import CPNGShim

/// The usual kind of PNG, which is read in half of libpng's time: 8-bit gray, RGB or RGBA, neither
/// interlaced nor with transparent colors, and right in every length and checksum.
///
/// Of any other there is no `PlainPNG`, whatever the reason: libpng reads it, or says what is wrong.
struct PlainPNG {
  let header: PNGHeader
  private let file: [UInt8]
  /// Where the pieces of the zlib stream lie in the file.
  private let pieces: [Range<Int>]

  /// Larger files are left to libpng, which does not hold them in memory.
  private static let largest = 1 << 26

  /// Reads the whole file and checks its chunks.
  init?(_ source: borrowing PNGSource, limits: PNGLimits) {
    guard source.size <= Self.largest, let file = try? source.bytes(at: 0, count: source.size),
      file.starts(with: PNGChunks.signature)
    else { return nil }
    var header: PNGHeader?
    var facts = PNGChunkFacts()
    var pieces: [Range<Int>] = []
    var next = PNGChunks.signature.count
    var isDone = false
    while !isDone {
      guard let (type, data) = Self.chunk(at: next, in: file) else { return nil }
      switch type {
      case "IHDR" where header == nil && pieces.isEmpty: header = Self.header(file[data])
      case "IDAT" where pieces.last.map({ $0.upperBound + 12 == data.lowerBound }) ?? true:
        pieces.append(data)
      case "IEND": isDone = true
      default:
        // What is in lower case may be passed over, but for transparent colors.
        guard type.utf8.allSatisfy(PNGChunks.isLetter), type.first?.isLowercase == true,
          type != "tRNS"
        else { return nil }
        if data.count <= PNGChunkFacts.longest { facts.add(type, Array(file[data])) }
      }
      guard header != nil else { return nil }
      next = data.upperBound + 4
    }
    // Deflate packs at most 1032 bytes into one (zlib's technical details).
    guard var header, !pieces.isEmpty, limits.allow(width: header.width, height: header.height),
      header.storedBytes <= 1032 * Double(file.count)
    else { return nil }
    (header.orientation, header.frames) = (facts.orientation, facts.frames)
    (self.header, self.file, self.pieces) = (header, file, pieces)
  }

  /// All pixels; nil where the stream is not exactly the image's, or libpng has to convert them.
  func pixels(as format: PixelFormat?, over background: RGB) -> PixelImage? {
    let format = format ?? header.format
    let layout = SampleLayout(of: header, for: format)
    guard layout.options == 0, let samples = samples(channels: layout.channels) else { return nil }
    let pixels =
      layout.channels == format.channels
      ? samples : layout.convert(samples, to: format, over: background)
    return PixelImage(width: header.width, height: header.height, format: format, pixels: pixels)
  }

  private func samples(channels: Int) -> [UInt8]? {
    let rowBytes = header.width * channels
    guard let filtered = inflated(count: header.height * (rowBytes + 1)) else { return nil }
    var code: Int32 = 0
    let samples = [UInt8](unsafeUninitializedCapacity: header.height * rowBytes) { out, count in
      code = st_png_unfilter(out.baseAddress, filtered, rowBytes, header.height, channels)
      count = code == 0 ? header.height * rowBytes : 0
    }
    return code == 0 ? samples : nil
  }

  /// The zlib stream's `count` bytes; nil where it has another number of them, or is damaged.
  private func inflated(count: Int) -> [UInt8]? {
    guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
    defer { libdeflate_free_decompressor(decompressor) }
    let stream = pieces.count == 1 ? file[pieces[0]] : ArraySlice(pieces.flatMap { file[$0] })
    var result = LIBDEFLATE_BAD_DATA
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
      result = stream.withUnsafeBytes {
        libdeflate_zlib_decompress(
          decompressor, $0.baseAddress, $0.count, out.baseAddress, count, nil)
      }
      initialized = result == LIBDEFLATE_SUCCESS ? count : 0
    }
    return result == LIBDEFLATE_SUCCESS ? bytes : nil
  }

  /// The type of the chunk at an offset and where its data lie; nil where its checksum is wrong or
  /// the file ends within it.
  private static func chunk(at offset: Int, in file: [UInt8]) -> (String, Range<Int>)? {
    guard file.count - offset >= 12 else { return nil }
    let length = Int(PNGChunks.word(file[offset..<(offset + 4)]))
    guard length <= file.count - offset - 12 else { return nil }
    let data = (offset + 8)..<(offset + 8 + length)
    var checksum = Checksum()
    file.withUnsafeBytes { checksum.add(.init(rebasing: $0[(offset + 4)..<data.upperBound])) }
    guard checksum.value == PNGChunks.word(file[data.upperBound..<(data.upperBound + 4)]) else {
      return nil
    }
    return (String(decoding: file[(offset + 4)..<(offset + 8)], as: UTF8.self), data)
  }

  /// Width, height, 8 bits, color type; deflate, the five filters, not interlaced (11.2.2).
  private static func header(_ data: ArraySlice<UInt8>) -> PNGHeader? {
    let data = Array(data)
    guard data.count == 13, data[8] == 8, data[10...] == [0, 0, 0],
      let colorType = PNGHeader.ColorType(rawValue: data[9]),
      [.gray, .rgb, .rgba].contains(colorType)
    else { return nil }
    let (width, height) = (PNGChunks.word(data[..<4]), PNGChunks.word(data[4..<8]))
    guard width > 0, height > 0 else { return nil }
    return PNGHeader(
      width: Int(width), height: Int(height), bitDepth: 8, colorType: colorType,
      hasTransparency: colorType.hasAlpha, isInterlaced: false)
  }
}
