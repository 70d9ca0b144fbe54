internal import CPNGShim
internal import Files
internal import SystemPackage

/// One file between its header and its pixels: the owner of libpng's reader.
struct PNGDecoder: ~Copyable {
  let header: PNGHeader
  private let reader: OpaquePointer
  private let source: PNGSource
  private let limits: PNGLimits

  /// Reads the header and checks it against the limits.
  init(_ source: consuming PNGSource, limits: PNGLimits) throws(PNGError) {
    let side = PNGLimits.longestSide
    let opened =
      if let descriptor = source.descriptor {
        st_png_reader_open(descriptor, side, side)
      } else {
        st_png_reader_open_memory(source.memory.baseAddress, source.size, side, side)
      }
    guard let reader = opened else { throw .outOfMemory(source.path) }
    do throws(PNGError) {
      header = try Self.header(reader, source, limits)
    } catch {
      st_png_reader_close(reader)
      throw error
    }
    self.reader = reader
    self.source = source
    self.limits = limits
  }

  deinit {
    st_png_reader_close(reader)
  }

  private static func header(
    _ reader: OpaquePointer, _ source: borrowing PNGSource, _ limits: PNGLimits
  ) throws(PNGError) -> PNGHeader {
    var raw = st_png_header()
    try check(st_png_read_header(reader, &raw), reader, source, limits)
    guard let colorType = PNGHeader.ColorType(rawValue: raw.color_type) else {
      throw .damaged(source.path, "color type \(raw.color_type) does not exist")
    }
    let facts = PNGChunkFacts(in: source)
    let header = PNGHeader(
      width: Int(raw.width), height: Int(raw.height), bitDepth: Int(raw.bit_depth),
      colorType: colorType,
      hasTransparency: raw.has_transparent_colors != 0 || colorType.hasAlpha,
      isInterlaced: raw.interlaced != 0, hasGrayPalette: raw.gray_palette != 0,
      orientation: facts.orientation, frames: facts.frames, texts: facts.texts)
    if !limits.allow(width: header.width, height: header.height) {
      throw .tooLarge(source.path, width: header.width, height: header.height, limits: limits)
    }
    // Deflate packs at most 1032 bytes into one (zlib's technical details).
    if header.storedBytes > 1032 * Double(source.size) {
      throw .implausible(
        source.path, width: header.width, height: header.height, bytes: source.size)
    }
    return header
  }

  /// All pixels as 8-bit samples; without a format, of the file's own.
  consuming func pixels(as format: PixelFormat?, over background: RGB) throws(PNGError)
    -> PixelImage
  {
    let format = format ?? header.format
    let layout = SampleLayout(of: header, for: format)
    let samples: [UInt8] = try samples(layout, options: layout.options)
    let pixels =
      layout.channels == format.channels
      ? samples : layout.convert(samples, to: format, over: background)
    return PixelImage(width: header.width, height: header.height, format: format, pixels: pixels)
  }

  /// All pixels of a file of 16-bit samples, in its own format.
  consuming func deepPixels() throws(PNGError) -> DeepImage {
    let layout = SampleLayout(of: header, for: header.format)
    let samples: [UInt16] = try samples(layout, options: layout.options | ST_PNG_DEEP)
    return DeepImage(
      width: header.width, height: header.height, format: header.format, pixels: samples)
  }

  /// All pixels as real samples; without a format, of the file's own.
  consuming func values(as format: PixelFormat?, over background: RGB) throws(PNGError)
    -> FloatImage
  {
    let format = format ?? header.format
    guard header.isDeep else { return FloatImage(try pixels(as: format, over: background)) }
    let layout = SampleLayout(of: header, for: format)
    let samples: [UInt16] = try samples(layout, options: layout.options | ST_PNG_DEEP)
    if layout.channels == format.channels {
      return FloatImage(
        DeepImage(width: header.width, height: header.height, format: format, pixels: samples))
    }
    return FloatImage(
      width: header.width, height: header.height, format: format,
      values: layout.convert(samples, to: format, over: background))
  }

  /// Reads the rows, interleaved, as the options ask.
  private func samples<Sample>(
    _ layout: SampleLayout, options: some BinaryInteger
  ) throws(PNGError) -> [Sample] {
    let rowSamples = header.width * layout.channels
    let count = rowSamples * header.height
    var code: Int32 = 0
    let samples = [Sample](unsafeUninitializedCapacity: count) { buffer, initialized in
      code = st_png_read_pixels(
        reader, Int32(options), buffer.baseAddress, rowSamples * MemoryLayout<Sample>.size)
      initialized = code == 0 ? count : 0
    }
    try Self.check(code, reader, source, limits)
    return samples
  }

  /// Turns a code of the shim into the error that the file deserves.
  private static func check(
    _ code: Int32, _ reader: OpaquePointer, _ source: borrowing PNGSource, _ limits: PNGLimits
  ) throws(PNGError) {
    if code == 0 { return }
    if code == Int32(ST_PNG_SYSTEM) {
      let cause = Errno(rawValue: st_png_reader_error_number(reader))
      throw .system(FileError(source.path, "could not be read", cause))
    }
    let message =
      code == Int32(ST_PNG_ENDED)
      ? "it ends too early" : String(cString: st_png_reader_message(reader))
    throw PNGDiagnosis.cause(in: source, limits: limits, message: message)
  }
}

extension PNGHeader.ColorType {
  /// Whether every pixel has an alpha sample.
  package var hasAlpha: Bool { self == .grayAlpha || self == .rgba }
}
