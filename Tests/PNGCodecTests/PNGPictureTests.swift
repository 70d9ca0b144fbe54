import Files
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// What a file says beside its pixels: orientation, animation, grays, and the chunks that go with it.
@Suite struct PNGPictureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ file: HandmadePNG) throws -> FilePath {
    let path = folder / "a.png"
    try AtomicFile.write(file.bytes, to: path)
    return path
  }

  /// Where the six stored pixels 1 2 3 / 4 5 6 are shown, as in the pictures of CIPA DC-008.
  static let shown: [(orientation: Int, rows: [[UInt8]])] = [
    (1, [[1, 2, 3], [4, 5, 6]]), (2, [[3, 2, 1], [6, 5, 4]]), (3, [[6, 5, 4], [3, 2, 1]]),
    (4, [[4, 5, 6], [1, 2, 3]]), (5, [[1, 4], [2, 5], [3, 6]]), (6, [[4, 1], [5, 2], [6, 3]]),
    (7, [[6, 3], [5, 2], [4, 1]]), (8, [[3, 6], [2, 5], [1, 4]]),
  ]

  @Test(arguments: shown, [true, false])
  func `an image is turned upright as its Exif orientation says`(
    shown: (orientation: Int, rows: [[UInt8]]), isLate: Bool
  ) throws {
    for isInterlaced in [false, true] {
      var file = HandmadePNG(
        width: 3, height: 2, colorType: 0, isInterlaced: isInterlaced,
        sample: { x, y, _ in 3 * y + x + 1 })
      let exif = HandmadePNG.exif(orientation: shown.orientation, bigEndian: isInterlaced)
      if isLate { file.lateChunks = [("eXIf", exif)] } else { file.extraChunks = [("eXIf", exif)] }
      let path = try write(file)
      let image = try PNGReader.read(path)
      #expect(image.pixels == shown.rows.flatMap(\.self))
      #expect(image.width == shown.rows[0].count && image.height == shown.rows.count)
      #expect(try PNGReader.readFloat(path).pixels == image)
      #expect(try PNGReader.read(file.bytes, named: "a.png") == image)
      let header = try PNGReader.header(of: path)
      #expect((header.width, header.height) == (3, 2))
      #expect((header.uprightWidth, header.uprightHeight) == (image.width, image.height))
      let picture = try PNGReader.picture(path)
      #expect(picture.image.narrowed.pixels == [1, 2, 3, 4, 5, 6])
      #expect(picture.image.turned(header.orientation).narrowed == image)
      #expect(image.turned(header.orientation.inverse).pixels == [1, 2, 3, 4, 5, 6])
    }
  }

  @Test(arguments: [
    [], [0x4d], Array("MM\0*".utf8), HandmadePNG.exif(orientation: 0),
    HandmadePNG.exif(orientation: 9), HandmadePNG.exif(orientation: 262),
    Array(HandmadePNG.exif(orientation: 6).prefix(17)),
    Array("MM\0*".utf8) + [0xff, 0xff, 0xff, 0xff, 0, 1],
    Array("II*\0".utf8) + [8, 0, 0, 0, 0xff, 0xff, 0x12, 0x01],
  ])
  func `Exif without an orientation, or with a damaged one, leaves an image upright`(
    exif: [UInt8]
  ) throws {
    let path = try write(HandmadePNG(extraChunks: [("eXIf", exif)]))
    #expect(try PNGReader.header(of: path).orientation == .upright)
  }

  @Test func `grayscale with alpha or a transparent color and palettes of grays are gray`() throws {
    let grays = (0..<4).map { [$0 * 80, $0 * 80, $0 * 80] }
    let cases: [(HandmadePNG, Bool)] = [
      (HandmadePNG(colorType: 0), true), (HandmadePNG(colorType: 0, transparency: [0, 7]), true),
      (HandmadePNG(colorType: 4), true), (HandmadePNG(colorType: 4, bitDepth: 16), true),
      (HandmadePNG(colorType: 3, bitDepth: 2, palette: grays), true),
      (HandmadePNG(colorType: 3, bitDepth: 2, palette: grays, transparency: [9]), true),
      (HandmadePNG(colorType: 3, bitDepth: 2, palette: grays.dropLast() + [[1, 1, 2]]), false),
      (HandmadePNG(colorType: 2), false), (HandmadePNG(colorType: 6), false),
    ]
    for (file, isGray) in cases {
      let path = try write(file)
      #expect(try PNGReader.header(of: path).isGray == isGray)
      #expect(try PNGReader.read(path).format.colors == (isGray ? 1 : 3))
    }
  }

  @Test func `an animation of more than one frame is told`() throws {
    func control(_ frames: Int) -> [UInt8] { HandmadePNG.word(frames) + HandmadePNG.word(0) }
    for isInterlaced in [false, true] {
      for (data, frames) in [(control(3), 3), (control(1), nil), ([], nil)] {
        let path = try write(
          HandmadePNG(isInterlaced: isInterlaced, extraChunks: [("acTL", data)]))
        #expect(try PNGReader.header(of: path).frames == frames)
      }
    }
  }

  @Test func `what a picture carries comes back with it, from before and after the pixels`() throws
  {
    let before: [(String, [UInt8])] = [
      ("gAMA", [0, 0, 177, 143]), ("iCCP", Array("p\0\0xyz".utf8)), ("sBIT", [5, 6, 5]),
      ("pHYs", [0, 0, 1, 0, 0, 0, 1, 0, 1]), ("tEXt", Array("Title\0one".utf8)),
      ("tEXt", Array("Title\0two".utf8)), ("zTXt", Array("a\0\0junk".utf8)),
      ("abCd", [1, 2, 3]), ("abCD", [1]), ("acTL", HandmadePNG.word(2) + HandmadePNG.word(0)),
    ]
    let after: [(String, [UInt8])] = [
      ("iTXt", Array("b\0\0\0\0\0c".utf8)), ("eXIf", HandmadePNG.exif(orientation: 6)),
      ("gAMA", [9, 9, 9, 9]),
    ]
    for isInterlaced in [false, true] {
      let path = try write(
        HandmadePNG(isInterlaced: isInterlaced, extraChunks: before, lateChunks: after))
      let carried = try PNGReader.picture(path).carried
      // Not the second gAMA, nor what is not safe to copy, nor what makes an animation.
      let kept = (before + after.dropLast()).filter { !["abCD", "acTL"].contains($0.0) }
      #expect(carried.chunks.map(\.type) == kept.map(\.0))
      #expect(carried.chunks.map(\.data) == kept.map(\.1))
      let copy = folder / "copy.png"
      try PNGWriter.write(
        PixelImage(width: 2, height: 2, format: .grayAlpha, filledWith: 7), carrying: carried,
        text: [PNGText("Software", "x")], to: copy)
      let again = try PNGReader.picture(copy)
      #expect(again.carried.chunks.dropLast() == carried.chunks[...])
      #expect(again.image.narrowed.pixels == [UInt8](repeating: 7, count: 8))
    }
  }

  @Test func `a chunk past the limits is left out and named`() throws {
    let large = [UInt8](repeating: 1, count: PNGCarriedChunks.largest + 1)
    let path = try write(
      HandmadePNG(extraChunks: [("iCCP", large), ("tEXt", Array("a\0b".utf8))]))
    let carried = try PNGReader.picture(path).carried
    #expect(carried.chunks.map(\.type) == ["tEXt"] && carried.tooLarge == ["iCCP"])
  }

  @Test func `a carried chunk with a wrong checksum refuses the file`() throws {
    var bytes = HandmadePNG(extraChunks: [("tEXt", Array("a\0bcd".utf8))]).bytes
    // The text's first letter, after signature, IHDR, and the chunk's length and type.
    bytes[8 + 25 + 8] ^= 1
    let path = folder / "a.png"
    try AtomicFile.write(bytes, to: path)
    #expect(throws: PNGError.wrongChecksum(path, chunk: "tEXt")) { try PNGReader.picture(path) }
  }

  @Test func `what does not apply to another kind is dropped`() throws {
    let chunks: [(String, [UInt8])] = [
      ("iCCP", [1]), ("cICP", [1]), ("cHRM", [1]), ("sRGB", [0]), ("gAMA", [1]),
      ("sBIT", [5, 6, 5]), ("bKGD", [0, 1, 0, 2, 0, 3]), ("sPLT", [1]), ("tEXt", [1]),
    ]
    let picture = try PNGReader.picture(write(HandmadePNG(extraChunks: chunks)))
    func dropped(_ format: PixelFormat, _ bits: Int) -> [String] {
      picture.carried.applying(from: picture.header, to: format, bits: bits).dropped
    }
    #expect(dropped(.rgb, 8) == [])
    #expect(dropped(.rgb, 16) == ["sBIT", "bKGD"])
    #expect(dropped(.rgba, 8) == ["sBIT"])
    #expect(dropped(.gray, 8) == ["iCCP", "cICP", "cHRM", "sBIT", "bKGD", "sPLT"])
  }
}
