internal import CPNGShim
internal import Files
package import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Writes PNG files, each of which appears only when it is whole.
package enum PNGWriter {
  /// Writes 8-bit samples, replacing what was at `path`.
  package static func write(_ image: PixelImage, text: [PNGText] = [], to path: FilePath)
    throws(PNGError)
  {
    try publish(encode(image, text: text, named: path), to: path)
  }

  /// Writes 16-bit samples, replacing what was at `path`.
  package static func write(_ image: DeepImage, text: [PNGText] = [], to path: FilePath)
    throws(PNGError)
  {
    try publish(encode(image, text: text, named: path), to: path)
  }

  /// The bytes of a PNG file; errors call it `path`.
  ///
  /// Text that is Latin-1 goes into tEXt chunks, other text into iTXt, all before the pixels.
  package static func encode<Sample>(
    _ image: Raster<Sample>, text: [PNGText] = [], named path: FilePath
  ) throws(PNGError) -> [UInt8] {
    var strings: [UnsafeMutablePointer<CChar>] = []
    defer { strings.forEach { $0.deallocate() } }
    let texts = text.map { pair in
      let isUnicode = !pair.text.unicodeScalars.allSatisfy { $0.value < 256 }
      let keyword = cString(latin1(pair.keyword))
      let words = cString(isUnicode ? Array(pair.text.utf8) : latin1(pair.text))
      strings += [keyword, words]
      return st_png_text(keyword: keyword, text: words, is_unicode: isUnicode ? 1 : 0)
    }
    let settings = CompressionSettings(for: image)
    var out = st_png_bytes()
    let code = image.pixels.withUnsafeBytes { samples in
      texts.withUnsafeBufferPointer { texts in
        var request = st_png_image(
          width: UInt32(image.width), height: UInt32(image.height),
          bit_depth: Int32(Sample.bitWidth), channels: Int32(image.channels),
          samples: samples.baseAddress, compression_level: settings.level,
          filters: settings.filters, texts: texts.baseAddress, text_count: Int32(texts.count))
        return st_png_encode(&request, &out)
      }
    }
    guard code == 0, let bytes = out.bytes else {
      let message = withUnsafeBytes(of: &out.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw .notEncoded(path, message)
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: out.count))
  }

  private static func publish(_ bytes: [UInt8], to path: FilePath) throws(PNGError) {
    do throws(FileError) {
      try AtomicFile.write(bytes, to: path)
    } catch {
      throw .system(error)
    }
  }

  /// The text's scalars as Latin-1; those beyond it become question marks.
  private static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 0x3f }
  }

  /// A copy that ends with a zero, without zeros of its own; the caller deallocates it.
  private static func cString(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
    let kept = bytes.filter { $0 != 0 }
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: kept.count + 1)
    for (i, byte) in kept.enumerated() { copy[i] = CChar(bitPattern: byte) }
    copy[kept.count] = 0
    return copy
  }
}

/// How hard to compress.
///
/// Photographs at zlib's level 1 with the Average filter come out 2 % larger than with libpng's
/// defaults, in a sixth of the time. Small images cost next to nothing either way, and are often
/// drawn, for which choosing a filter by row pays.
private struct CompressionSettings {
  let level: Int32
  let filters: Int32

  init<Sample>(for image: Raster<Sample>) {
    let isSmall = image.width * image.height <= 64 * 64
    level = isSmall ? 6 : 1
    filters = Int32(isSmall ? ST_PNG_FILTER_ADAPTIVE : ST_PNG_FILTER_AVERAGE)
  }
}
