package import SystemPackage

/// Pictures that are shown one after another, again and again.
package struct PNGAnimation: Sendable {
  /// All of one size and format, at least one.
  package let frames: [PixelImage]
  /// How long each is shown, in milliseconds.
  package let delays: [UInt16]

  /// - Precondition: there is a delay for each frame.
  package init(frames: [PixelImage], delays: [UInt16]) {
    precondition(!frames.isEmpty && frames.count == delays.count, "every frame takes its time")
    precondition(
      frames.allSatisfy {
        $0.width == frames[0].width && $0.height == frames[0].height
          && $0.format == frames[0].format
      }, "the frames of an animation differ in size")
    self.frames = frames
    self.delays = delays
  }
}

extension PNGWriter {
  /// Writes an animated PNG, replacing what was at `path`.
  ///
  /// - Parameter still: the frame that programs show which know no animation.
  package static func write(
    _ animation: PNGAnimation, still: Int, text: [PNGText] = [], to path: FilePath
  ) throws(PNGError) {
    try publish(encode(animation, still: still, text: text, named: path), to: path)
  }

  /// The bytes of an animated PNG (PNG specification, third edition, 11.3.6); errors call it `path`.
  ///
  /// The still picture in IDAT is none of the animation's frames, as no fcTL stands before it: so it can
  /// be any of them, and not just the first.
  package static func encode(
    _ animation: PNGAnimation, still: Int, text: [PNGText] = [], named path: FilePath
  ) throws(PNGError) -> [UInt8] {
    let first = animation.frames[0]
    var streams: [[UInt8]] = []
    for frame in animation.frames { streams.append(try compressed(frame, path)) }
    // acTL: how many frames, and how many times, where 0 is without end.
    let control = PNGChunks.bytes(UInt32(streams.count)) + PNGChunks.bytes(0)
    var chunks = [("IHDR", header(of: first)), ("acTL", control)] + text.map(chunk)
    chunks.append(("IDAT", streams[still]))
    // fcTL and fdAT are numbered together.
    for (frame, stream) in streams.enumerated() {
      chunks.append(
        ("fcTL", frameControl(2 * frame, of: first, delay: animation.delays[frame])))
      chunks.append(("fdAT", PNGChunks.bytes(UInt32(2 * frame + 1)) + stream))
    }
    chunks.append(("IEND", []))
    guard chunks.allSatisfy({ $0.1.count < 1 << 31 }) else {
      throw .notEncoded(path, "it has too many pixels")
    }
    let size = chunks.reduce(PNGChunks.signature.count) { $0 + 12 + $1.1.count }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var file = PNGAssembly(buffer)
      file.append(PNGChunks.signature)
      for (type, data) in chunks { file.appendChunk(type, data) }
      count = file.count
    }
  }

  /// An image's rows as a zlib stream.
  private static func compressed(
    _ image: PixelImage, _ path: FilePath
  ) throws(PNGError) -> [UInt8] {
    let filtered = try filtered(image, path)
    let stream = [UInt8](unsafeUninitializedCapacity: Deflater.bound(filtered.count)) {
      buffer, count in
      count = filtered.withUnsafeBytes { Deflater.compress($0, into: .init(buffer)) } ?? 0
    }
    if stream.isEmpty { throw .outOfMemory(path) }
    return stream
  }

  /// fcTL: number, size, place, delay in thousandths of a second; the frame is left standing, and replaces
  /// what was there.
  private static func frameControl(_ number: Int, of image: PixelImage, delay: UInt16) -> [UInt8] {
    let words = [UInt32(number), UInt32(image.width), UInt32(image.height), 0, 0]
    let time = UInt32(delay) << 16 | 1000
    return (words + [time]).flatMap(PNGChunks.bytes) + [0, 0]
  }
}
