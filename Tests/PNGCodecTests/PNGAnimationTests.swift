import Files
import PNGCodec
import SystemPackage
import TestSupport
import Testing

@Suite struct PNGAnimationTests {
  private static let frames = (0..<3).map {
    TestImages.ramp(width: 7, height: 5, format: .rgb, seed: $0)
  }

  private static func encoded(
    _ frames: [PixelImage] = frames, delays: [UInt16] = [40, 300, 2500], still: Int = 2
  ) throws -> [UInt8] {
    try PNGWriter.encode(
      PNGAnimation(frames: frames, delays: delays), still: still,
      text: [PNGText("Title", "film")], named: "a.png")
  }

  /// The chunks of a file, found without the reader.
  private static func chunks(_ bytes: [UInt8]) -> [(type: String, data: [UInt8])] {
    var chunks: [(type: String, data: [UInt8])] = []
    var next = 8
    while next < bytes.count {
      let length = number(bytes[next..<(next + 4)])
      let data = Array(bytes[(next + 8)..<(next + 8 + length)])
      chunks.append((String(decoding: bytes[(next + 4)..<(next + 8)], as: UTF8.self), data))
      // Length, type, data and checksum are those of a chunk made by hand.
      let whole = Array(bytes[next..<(next + 12 + length)])
      #expect(whole == HandmadePNG.chunk(chunks[chunks.count - 1].type, data))
      next += 12 + length
    }
    return chunks
  }

  private static func number(_ bytes: some Sequence<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  @Test func `every frame is there with its time, after a still picture`() throws {
    let chunks = Self.chunks(try Self.encoded())
    #expect(
      chunks.map(\.type)
        == ["IHDR", "acTL", "tEXt", "IDAT"] + ["fcTL", "fdAT", "fcTL", "fdAT", "fcTL", "fdAT"]
        + ["IEND"])
    // Three frames, without end.
    #expect(chunks[1].data == [0, 0, 0, 3, 0, 0, 0, 0])
    let controls = chunks.filter { $0.type == "fcTL" }.map(\.data)
    for (frame, (control, delay)) in zip(controls, [40, 300, 2500]).enumerated() {
      #expect(control.count == 26)
      // Number, width, height, x, y.
      let words = (0..<5).map { Self.number(control[(4 * $0)..<(4 * $0 + 4)]) }
      #expect(words == [2 * frame, 7, 5, 0, 0])
      #expect(Self.number(control[20..<22]) == delay && Self.number(control[22..<24]) == 1000)
      #expect(control[24...] == [0, 0])
    }
  }

  @Test func `each frame's data are those of a PNG of its own`() throws {
    let folder = try TemporaryFolder()
    let chunks = Self.chunks(try Self.encoded())
    let data = chunks.filter { $0.type == "fdAT" }.map(\.data)
    for (number, frame) in data.enumerated() {
      #expect(Self.number(frame[..<4]) == 2 * number + 1)
      let file =
        HandmadePNG.signature + HandmadePNG.chunk("IHDR", chunks[0].data)
        + HandmadePNG.chunk("IDAT", Array(frame[4...])) + HandmadePNG.chunk("IEND", [])
      try AtomicFile.write(file, to: folder / "frame.png")
      #expect(try PNGReader.read(folder / "frame.png") == Self.frames[number])
    }
  }

  @Test(arguments: 0..<3)
  func `programs that know no animation show the still picture`(still: Int) throws {
    let folder = try TemporaryFolder()
    try PNGWriter.write(
      PNGAnimation(frames: Self.frames, delays: [1, 2, 3]), still: still,
      text: [PNGText("Title", "film")], to: folder / "a.apng")
    #expect(try PNGReader.read(folder / "a.apng") == Self.frames[still])
    #expect(try PNGReader.text(of: folder / "a.apng") == [PNGText("Title", "film")])
    #expect(try folder.names() == ["a.apng"])
  }

  @Test func `one frame is an animation too`() throws {
    let gray = PixelImage(width: 1, height: 1, format: .gray, pixels: [9])
    let chunks = Self.chunks(try Self.encoded([gray], delays: [65535], still: 0))
    #expect(chunks.map(\.type) == ["IHDR", "acTL", "tEXt", "IDAT", "fcTL", "fdAT", "IEND"])
    #expect(chunks[4].data[20..<22] == [255, 255])
  }
}
