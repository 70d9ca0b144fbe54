/// Finds the cause of a failure in the file itself, where libpng's message says too little.
///
/// This runs only after libpng has refused a file, so it may take its time.
enum PNGDiagnosis {
  /// What is wrong with a file that libpng refused with `message`.
  static func cause(
    in source: borrowing PNGSource, limits: PNGLimits, message: String
  ) -> PNGError {
    do throws(PNGError) {
      try checkSignature(source)
      try checkChunks(source, limits)
      return .damaged(source.path, message)
    } catch {
      return error
    }
  }

  private static func checkSignature(_ source: borrowing PNGSource) throws(PNGError) {
    if source.size == 0 { throw .empty(source.path) }
    let head = try source.bytes(at: 0, count: 512)
    let signature = PNGChunks.signature
    if head.starts(with: signature) { return }
    if signature.starts(with: head) { throw .cutShort(source.path, chunk: nil) }
    throw .notPNG(source.path, content: content(beginning: head))
  }

  /// Walks all chunks, and throws what it finds wrong.
  private static func checkChunks(
    _ source: borrowing PNGSource, _ limits: PNGLimits
  ) throws(PNGError) {
    var chunks = PNGChunks()
    var isFirst = true
    var hasPixels = false
    while let chunk = try chunks.next(in: source) {
      if isFirst, chunk.type == "CgBI" {
        throw .notPNG(source.path, content: "it is Apple's CgBI variant, made for iOS programs")
      }
      if try !PNGChunks.hasRightChecksum(chunk, in: source) {
        throw .wrongChecksum(source.path, chunk: chunk.type)
      }
      if isFirst { try checkHeader(chunk, source, limits) }
      isFirst = false
      if chunk.type == "IDAT" { hasPixels = true }
      if chunk.type == "IEND" { break }
    }
    if !hasPixels { throw .damaged(source.path, "it has no pixels: there is no IDAT chunk") }
  }

  private static func checkHeader(
    _ chunk: PNGChunk, _ source: borrowing PNGSource, _ limits: PNGLimits
  ) throws(PNGError) {
    guard chunk.type == "IHDR", chunk.length == 13 else {
      throw .damaged(source.path, "it does not begin with an IHDR chunk")
    }
    let data = try source.bytes(at: chunk.offset, count: 13)
    guard data.count == 13 else { throw .cutShort(source.path, chunk: chunk.type) }
    let width = PNGChunks.word(data[0..<4])
    let height = PNGChunks.word(data[4..<8])
    if width == 0 || height == 0 {
      throw .damaged(source.path, "a size of \(width) x \(height) pixels")
    }
    if !limits.allow(width: Int(width), height: Int(height)) {
      throw .tooLarge(source.path, width: Int(width), height: Int(height), limits: limits)
    }
    // What libpng calls "Invalid IHDR data".
    let (depth, color) = (data[8], data[9])
    let depths: [UInt8: [UInt8]] = [
      0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
    ]
    guard let allowed = depths[color] else {
      throw .damaged(source.path, "color type \(color) does not exist")
    }
    if !allowed.contains(depth) {
      throw .damaged(source.path, "\(depth) bits a sample do not go with color type \(color)")
    }
    if data[12] > 1 { throw .damaged(source.path, "interlace method \(data[12]) does not exist") }
  }

  /// A sentence on what a file is that is not a PNG, or nil.
  private static func content(beginning head: [UInt8]) -> String? {
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      head.dropFirst(offset).starts(with: text.utf8)
    }
    if head.starts(with: [0xff, 0xd8, 0xff]) { return "it is a JPEG image" }
    if begins("GIF87a") || begins("GIF89a") { return "it is a GIF image" }
    if begins("RIFF") && begins("WEBP", at: 8) { return "it is a WebP image" }
    if begins("BM") && head.count > 26 { return "it is a BMP image" }
    if begins("II*\0") || begins("MM\0*") { return "it is a TIFF image" }
    if begins("ftypavif", at: 4) { return "it is an AVIF image" }
    if begins("ftyphei", at: 4) || begins("ftypmif1", at: 4) { return "it is a HEIF image" }
    if begins("HDF\r\n", at: 1) { return "it is an HDF5 file" }
    if begins("%PDF") { return "it is a PDF document" }
    if begins("PK\u{3}\u{4}") { return "it is a ZIP archive" }
    if head.starts(with: [0x1f, 0x8b]) { return "it is gzip data" }
    if begins("MNG\r\n", at: 1) { return "it is an MNG animation" }
    if begins("PNG", at: 1) || begins("NG\r\n") || begins("PNG\r\n") {
      return "its signature is damaged, as by a transfer in text mode"
    }
    if head.allSatisfy({ $0 == 0 }) { return "it holds zeros" }
    if begins("<svg") || begins("<?xml") { return "it is an SVG or XML document" }
    if begins("<!DOCTYPE") || begins("<html") { return "it is a web page" }
    if head.allSatisfy({ (0x20...0x7e).contains($0) || (0x09...0x0d).contains($0) }) {
      return "it is text"
    }
    return nil
  }
}
