internal import CPNGShim
internal import Files
package import SystemPackage

/// Reads PNG files of every kind that libpng reads.
///
/// A file is read whole or refused: a wrong checksum anywhere, a missing end or data that do not
/// fill the image are errors. Images are turned upright as their Exif orientation says; color
/// profiles and gamma are not applied. Of an animation (APNG) the still image is read, which is its first
/// frame as a rule. All functions may run on many threads at once.
package enum PNGReader {
  /// The header, without reading the pixels.
  package static func header(of path: FilePath, limits: PNGLimits = .standard)
    throws(PNGError) -> PNGHeader
  {
    let decoder = try PNGDecoder(PNGSource(opening: path), limits: limits)
    return decoder.header
  }

  /// Reads an image as 8-bit samples.
  ///
  /// - Parameters:
  ///   - path: A regular file.
  ///   - format: What to give; nil is the file's own. Gray becomes RGB by repetition, RGB becomes
  ///     gray by Rec. 601 luma; where the format has no alpha, the file's is composed over
  ///     `background`; where the file has none, it is opaque.
  ///   - background: What shines through transparent pixels.
  ///   - limits: Past which a file is refused before memory is taken.
  /// - Returns: 16-bit samples are rounded to the nearest of 8 bits.
  package static func read(
    _ path: FilePath, as format: PixelFormat? = nil, background: RGB = .white,
    limits: PNGLimits = .standard
  ) throws(PNGError) -> PixelImage {
    try pixels(of: PNGSource(opening: path), as: format, over: background, limits: limits)
  }

  /// Reads an image as real samples; 16-bit ones keep their precision. Parameters as for `read`.
  package static func readFloat(
    _ path: FilePath, as format: PixelFormat? = nil, background: RGB = .white,
    limits: PNGLimits = .standard
  ) throws(PNGError) -> FloatImage {
    let source = try PNGSource(opening: path)
    if let plain = PlainPNG(source, limits: limits),
      let pixels = plain.pixels(as: format, over: background)
    {
      return FloatImage(pixels.turned(plain.header.orientation))
    }
    let decoder = try PNGDecoder(source, limits: limits)
    let orientation = decoder.header.orientation
    return try decoder.values(as: format, over: background).turned(orientation)
  }

  /// Reads an image from memory, which errors call `path`. Other parameters as for `read`.
  package static func read(
    _ bytes: [UInt8], named path: FilePath, as format: PixelFormat? = nil,
    background: RGB = .white, limits: PNGLimits = .standard
  ) throws(PNGError) -> PixelImage {
    try pixels(
      of: PNGSource(bytes, named: path), as: format, over: background, limits: limits)
  }

  private static func pixels(
    of source: consuming PNGSource, as format: PixelFormat?, over background: RGB,
    limits: PNGLimits
  ) throws(PNGError) -> PixelImage {
    if let plain = PlainPNG(source, limits: limits),
      let pixels = plain.pixels(as: format, over: background)
    {
      return pixels.turned(plain.header.orientation)
    }
    let decoder = try PNGDecoder(source, limits: limits)
    let orientation = decoder.header.orientation
    return try decoder.pixels(as: format, over: background).turned(orientation)
  }
}
