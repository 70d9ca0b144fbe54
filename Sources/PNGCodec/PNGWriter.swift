internal import CPNGShim
internal import Files
package import SystemPackage

/// Writes PNG files, each of which appears only when it is whole.
package enum PNGWriter {
  /// Writes samples of 8 or 16 bits. Parameters as for `encode`.
  ///
  /// - Parameter replacing: whether what is at `path` is replaced; else it is an error.
  package static func write<Sample>(
    _ image: Raster<Sample>, carrying: PNGCarriedChunks = PNGCarriedChunks(),
    text: [PNGText] = [], to path: FilePath, replacing: Bool = true
  ) throws(PNGError) {
    try publish(
      encode(image, carrying: carrying, text: text, named: path), to: path, replacing: replacing)
  }

  /// The bytes of a PNG file; errors call it `path`.
  ///
  /// - Parameters:
  ///   - carried: what goes with the picture, in this order before the pixels, where all of it may stand.
  ///   - text: Latin-1 goes into tEXt chunks, other text into iTXt, after what is carried.
  package static func encode<Sample>(
    _ image: Raster<Sample>, carrying carried: PNGCarriedChunks = PNGCarriedChunks(),
    text: [PNGText] = [], named path: FilePath
  ) throws(PNGError) -> [UInt8] {
    let filtered = try filtered(image, path)
    let chunks =
      [("IHDR", header(of: image))] + carried.chunks.map { ($0.type, $0.data) } + text.map(chunk)
    let before = chunks.reduce(PNGChunks.signature.count) { $0 + 12 + $1.1.count }
    let bound = Deflater.bound(filtered.count)
    var length: Int?
    let file = [UInt8](unsafeUninitializedCapacity: before + 12 + bound + 12) { buffer, count in
      var file = PNGAssembly(buffer)
      file.append(PNGChunks.signature)
      for (type, data) in chunks { file.appendChunk(type, data) }
      length = filtered.withUnsafeBytes { bytes in
        file.appendChunk("IDAT", room: bound) { Deflater.compress(bytes, into: $0) }
      }
      file.appendChunk("IEND", [])
      count = file.count
    }
    guard let length else { throw .outOfMemory(path) }
    guard length < 1 << 31 else { throw .notEncoded(path, "it has too many pixels") }
    return file
  }

  /// The rows as they are compressed.
  static func filtered<Sample>(
    _ image: Raster<Sample>, _ path: FilePath
  ) throws(PNGError) -> [UInt8] {
    let sampleBytes = MemoryLayout<Sample>.size
    let rowBytes = image.width * image.channels * sampleBytes
    var code: Int32 = 0
    let filtered = [UInt8](unsafeUninitializedCapacity: image.height * (rowBytes + 1)) {
      out, count in
      code = image.pixels.withUnsafeBytes {
        st_png_filter(
          out.baseAddress, $0.baseAddress, rowBytes, image.height, image.channels * sampleBytes,
          sampleBytes)
      }
      count = code == 0 ? out.count : 0
    }
    if code != 0 { throw .outOfMemory(path) }
    return filtered
  }

  /// IHDR: size, bits a sample, color type; deflate, the five filters, not interlaced (11.2.2).
  static func header<Sample>(of image: Raster<Sample>) -> [UInt8] {
    let colorType: PNGHeader.ColorType =
      switch image.format {
      case .gray: .gray
      case .grayAlpha: .grayAlpha
      case .rgb: .rgb
      case .rgba: .rgba
      }
    return PNGChunks.bytes(UInt32(image.width)) + PNGChunks.bytes(UInt32(image.height))
      + [UInt8(Sample.bitWidth), colorType.rawValue, 0, 0, 0]
  }

  /// tEXt: keyword, 0, text (11.3.3.2). iTXt: keyword, 0, not compressed, method, no language, 0,
  /// no translated keyword, 0, text (11.3.3.4).
  static func chunk(_ text: PNGText) -> (String, [UInt8]) {
    let keyword = withoutZeros(latin1(text.keyword))
    if text.text.unicodeScalars.allSatisfy({ $0.value < 256 }) {
      return ("tEXt", keyword + [0] + withoutZeros(latin1(text.text)))
    }
    return ("iTXt", keyword + [0, 0, 0, 0, 0] + withoutZeros(Array(text.text.utf8)))
  }

  /// Writes a file, unless these very bytes are there.
  static func publish(
    _ bytes: [UInt8], to path: FilePath, replacing: Bool = true
  ) throws(PNGError) {
    if replacing, RegularFile.holds(bytes, at: path) { return }
    do throws(FileError) {
      try AtomicFile.write(bytes, to: path, replacing: replacing)
    } catch {
      throw .system(error)
    }
  }

  /// The text's scalars as Latin-1; those beyond it become question marks.
  private static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 0x3f }
  }

  private static func withoutZeros(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { $0 != 0 } }
}

/// A file that is put together in memory that is large enough.
struct PNGAssembly {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    self.buffer = buffer
  }

  mutating func append(_ bytes: some Collection<UInt8>) {
    _ = UnsafeMutableBufferPointer(rebasing: buffer[count...]).update(fromContentsOf: bytes)
    count += bytes.count
  }

  /// Adds a chunk: length, type, data, and the checksum of type and data (5.3).
  mutating func appendChunk(_ type: String, _ data: [UInt8]) {
    _ = appendChunk(type, room: data.count) { room in
      room.copyBytes(from: data)
      return data.count
    }
  }

  /// Adds a chunk of data that `fill` puts into room for them.
  ///
  /// - Returns: what `fill` does, the data's length; with nil nothing is added.
  mutating func appendChunk(
    _ type: String, room: Int, fill: (UnsafeMutableRawBufferPointer) -> Int?
  ) -> Int? {
    let start = count
    let data = UnsafeMutableRawBufferPointer(
      rebasing: UnsafeMutableRawBufferPointer(buffer)[(start + 8)..<(start + 8 + room)])
    guard let length = fill(data) else { return nil }
    append(PNGChunks.bytes(UInt32(truncatingIfNeeded: length)))
    append(type.utf8)
    count += length
    var checksum = Checksum()
    checksum.add(
      UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[(start + 4)..<count])))
    append(PNGChunks.bytes(checksum.value))
    return length
  }
}
