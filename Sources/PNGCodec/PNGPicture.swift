package import SystemPackage

/// A picture as its file has it: every sample exact, alpha apart from color, and what it carries.
package struct PNGPicture: Sendable {
  /// The file's own words, the orientation among them.
  package let header: PNGHeader
  /// As stored, not turned, in the header's format; 8-bit samples and smaller ones times 257.
  package let image: DeepImage
  package let carried: PNGCarriedChunks

  /// Bits a sample that hold the file's own: 8 or 16.
  package var bits: Int { header.isDeep ? 16 : 8 }
}

extension PNGReader {
  /// Reads a picture of any kind with all that goes with it; color stays as it lies under alpha.
  ///
  /// - Parameter limits: Past which a file is refused before memory is taken.
  package static func picture(
    _ path: FilePath, limits: PNGLimits = .standard
  ) throws(PNGError) -> PNGPicture {
    let source = try PNGSource(opening: path)
    if let plain = PlainPNG(source, limits: limits),
      let pixels = plain.pixels(as: nil, over: .white)
    {
      let carried = try PNGCarriedChunks(in: source)
      return PNGPicture(header: plain.header, image: DeepImage(widening: pixels), carried: carried)
    }
    // The decoder, which takes the source, finds what is no PNG, with its cause.
    let decoder = try PNGDecoder(source, limits: limits)
    let header = decoder.header
    let image =
      header.isDeep
      ? try decoder.deepPixels() : DeepImage(widening: try decoder.pixels(as: nil, over: .white))
    return PNGPicture(
      header: header, image: image, carried: try PNGCarriedChunks(in: PNGSource(opening: path)))
  }
}

extension Raster<UInt16> {
  /// The same levels in 16 bits: each sample times 257.
  package init(widening image: PixelImage) {
    self.init(
      width: image.width, height: image.height, format: image.format,
      pixels: image.pixels.map { UInt16($0) * 257 })
  }

  /// The nearest levels of 8 bits.
  package var narrowed: PixelImage {
    PixelImage(
      width: width, height: height, format: format,
      pixels: pixels.map { UInt8(truncatingIfNeeded: (Int($0) + 128) / 257) })
  }

  /// The image with color, by repetition, or opaque alpha added where the format has more.
  ///
  /// - Precondition: the format has as many color samples, and alpha where this one has.
  package func converted(to format: PixelFormat) -> DeepImage {
    if format == self.format { return self }
    precondition(format.channels > channels, "a conversion that loses samples")
    let (own, colors) = (self.format.colors, format.colors)
    var result = DeepImage(width: width, height: height, format: format, filledWith: .max)
    for p in 0..<(width * height) {
      let (from, to) = (p * channels, p * format.channels)
      for c in 0..<colors { result.pixels[to + c] = pixels[from + min(c, own - 1)] }
      if self.format.hasAlpha { result.pixels[to + colors] = pixels[from + own] }
    }
    return result
  }

  /// The image as grayscale, by Rec. 601 luma, with its alpha.
  package var grayscale: DeepImage {
    if format.colors == 1 { return self }
    let format = PixelFormat(colors: 1, hasAlpha: self.format.hasAlpha)
    var gray = DeepImage(width: width, height: height, format: format, filledWith: 0)
    for p in 0..<(width * height) {
      let at = p * channels
      gray.pixels[p * format.channels] = Luma.deep(pixels[at], pixels[at + 1], pixels[at + 2])
      if format.hasAlpha { gray.pixels[2 * p + 1] = pixels[at + 3] }
    }
    return gray
  }
}
