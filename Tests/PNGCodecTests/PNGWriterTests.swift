import Files
import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

@Suite struct PNGWriterTests {
  static let sizes = [(1, 1), (7, 3), (64, 64), (130, 65)]

  @Test(arguments: PixelFormat.allCases, sizes)
  func `8-bit images come back as they were`(format: PixelFormat, size: (Int, Int)) throws {
    let folder = try TemporaryFolder()
    let image = Self.image(size, format) { UInt8(truncatingIfNeeded: $0 &* 40503 >> 7) }
    try PNGWriter.write(image, to: folder / "a.png")
    #expect(try PNGReader.read(folder / "a.png") == image)
    #expect(try folder.names() == ["a.png"])
  }

  @Test(arguments: PixelFormat.allCases, sizes)
  func `16-bit images come back as they were`(format: PixelFormat, size: (Int, Int)) throws {
    let folder = try TemporaryFolder()
    let image = Self.image(size, format) { UInt16(truncatingIfNeeded: $0 &* 40503) }
    try PNGWriter.write(image, to: folder / "a.png")
    #expect(try PNGReader.header(of: folder / "a.png").bitDepth == 16)
    #expect(try PNGReader.readFloat(folder / "a.png").deepPixels == image)
  }

  @Test func `all 65,536 levels survive the way through real numbers`() {
    let image = DeepImage(width: 256, height: 256, format: .gray, pixels: Array(0...65535))
    #expect(FloatImage(image).deepPixels == image)
    let eight = PixelImage(width: 16, height: 16, format: .gray, pixels: Array(0...255))
    #expect(FloatImage(eight).pixels == eight)
  }

  @Test func `values outside the scale are clipped`() {
    let values: [Float] = [-2, 2, .infinity, -.infinity, .nan, 0]
    let image = FloatImage(width: 6, height: 1, format: .gray, values: values)
    #expect(image.pixels.pixels == [0, 255, 255, 0, 0, 128])
    #expect(image.deepPixels.pixels == [0, 65535, 65535, 0, 0, 32768])
  }

  @Test func `text comes back in its order and language`() throws {
    let folder = try TemporaryFolder()
    let texts = [
      PNGText("Software", "Stipple"), PNGText("Comment", "zwölf Blüten, 5 ¢"),
      PNGText("Stipple", "{\"seed\": 17,\n\"index\": 3}"), PNGText("Title", "雪 🌨 snow"),
      PNGText("Empty", ""),
    ]
    try PNGWriter.write(Self.flat, text: texts, to: folder / "a.png")
    #expect(try PNGReader.text(of: folder / "a.png") == texts)
    #expect(try PNGReader.read(folder / "a.png") == Self.flat)
  }

  @Test func `text of a file without any is none, and of a broken file an error`() throws {
    let folder = try TemporaryFolder()
    try PNGWriter.write(Self.flat, to: folder / "a.png")
    #expect(try PNGReader.text(of: folder / "a.png") == [])

    var file = HandmadePNG()
    file.extraChunks = [
      ("tEXt", Array("no separator".utf8)), ("iTXt", [65, 0]), ("iTXt", [65, 0, 1, 0, 0, 0, 7]),
      ("tEXt", Array("Title\0words".utf8)),
    ]
    try AtomicFile.write(file.bytes, to: folder / "b.png")
    #expect(try PNGReader.text(of: folder / "b.png") == [PNGText("Title", "words")])

    try AtomicFile.write(Array("words".utf8), to: folder / "c.png")
    #expect(throws: PNGError.notPNG(folder / "c.png", content: "it is text")) {
      try PNGReader.text(of: folder / "c.png")
    }
  }

  @Test func `flat images are small files`() throws {
    #expect(try PNGWriter.encode(Self.flat, named: "a.png").count < 120)
    let large = PixelImage(width: 512, height: 512, format: .rgb, filledWith: 77)
    #expect(try PNGWriter.encode(large, named: "a.png").count < 6000)
  }

  /// The pictures in data/ were written by libpng with zlib's level 6.
  @Test func `pictures take no more room than libpng gave them`() throws {
    var (ours, theirs) = (0, 0)
    for index in 0..<50 {
      let path = TestImages.flowers.appending("0000\(index / 10)\(index % 10).png")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path.string))
      theirs += bytes.count
      ours += try PNGWriter.encode(PNGReader.read(path), named: path).count
    }
    #expect(Double(ours) < 1.1 * Double(theirs))
  }

  @Test func `a folder that is not there is named`() {
    #expect {
      try PNGWriter.write(Self.flat, to: "/nonexistent/a.png")
    } throws: {
      "\($0)" == "/nonexistent/a.png: could not be written: No such file or directory"
    }
  }

  private static let flat = PixelImage(width: 32, height: 32, format: .rgb, filledWith: 200)

  private static func image<Sample>(
    _ size: (Int, Int), _ format: PixelFormat, _ value: (Int) -> Sample
  ) -> Raster<Sample> {
    let count = size.0 * size.1 * format.channels
    return Raster(
      width: size.0, height: size.1, format: format, pixels: (0..<count).map(value))
  }
}
