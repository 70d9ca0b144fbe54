import Files
import Glibc
import PNGCodec
import SystemPackage
import TestSupport
import Testing

@Suite struct BrokenPNGTests {
  static let path: FilePath = "a.png"

  /// A file with every kind of chunk that is read.
  static var whole: HandmadePNG {
    HandmadePNG(
      colorType: 3, palette: [[0, 0, 0], [255, 0, 0]], transparency: [128],
      extraChunks: [("tEXt", Array("Title\0words".utf8))], sample: { x, y, _ in (x + y) & 1 })
  }

  static func error(_ bytes: [UInt8], limits: PNGLimits = .standard) -> PNGError? {
    do throws(PNGError) {
      _ = try PNGReader.read(bytes, named: path, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a file cut short anywhere is refused, and the chunk is named`() throws {
    let bytes = Self.whole.bytes
    #expect(Self.error(bytes) == nil)
    for count in 1..<bytes.count {
      let error = try #require(Self.error(Array(bytes[..<count])))
      guard case .cutShort = error else {
        Issue.record("\(count) bytes: \(error)")
        continue
      }
    }
    var end = 8
    for (type, data) in Self.whole.chunks {
      #expect(Self.error(Array(bytes[..<(end + 8)])) == .cutShort(Self.path, chunk: type))
      #expect(
        Self.error(Array(bytes[..<(end + 10 + data.count)])) == .cutShort(Self.path, chunk: type))
      end += 12 + data.count
    }
  }

  @Test func `a changed byte anywhere in a chunk is refused`() throws {
    let bytes = Self.whole.bytes
    var start = 8
    for (type, data) in Self.whole.chunks {
      for offset in 4..<(12 + data.count) {
        var changed = bytes
        changed[start + offset] ^= 0x20
        let error = try #require(Self.error(changed), "byte \(offset) of \(type)")
        if offset >= 8 { #expect(error == .wrongChecksum(Self.path, chunk: type)) }
      }
      start += 12 + data.count
    }
  }

  @Test func `any flipped bit is refused or leaves the pixels as they were`() throws {
    let bytes = Self.whole.bytes
    let pixels = try PNGReader.read(bytes, named: Self.path)
    for i in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[i] ^= 1 << bit
        guard let read = try? PNGReader.read(changed, named: Self.path) else { continue }
        #expect(read == pixels, "byte \(i), bit \(bit)")
      }
    }
  }

  @Test(
    arguments: [
      ([0xff, 0xd8, 0xff, 0xe0, 0], "it is a JPEG image"),
      (Array("GIF89a......".utf8), "it is a GIF image"),
      (Array("RIFF....WEBPVP8 ".utf8), "it is a WebP image"),
      ([0x89] + Array("HDF\r\n".utf8) + [0x1a, 0x0a, 0], "it is an HDF5 file"),
      (Array("Hello, world.\n".utf8), "it is text"),
      (Array("<!DOCTYPE html>".utf8), "it is a web page"),
      ([UInt8](repeating: 0, count: 4096), "it holds zeros"),
      (
        [137, 80, 78, 71, 10, 26, 10, 0], "its signature is damaged, as by a transfer in text mode"
      ),
      ([1, 2, 3, 200, 5, 6, 7, 8, 9], nil),
    ] as [([UInt8], String?)])
  func `what is not a PNG is called what it is`(bytes: [UInt8], content: String?) {
    #expect(Self.error(bytes) == .notPNG(Self.path, content: content))
  }

  @Test func `an empty file is called empty`() {
    #expect(Self.error([]) == .empty(Self.path))
  }

  @Test(arguments: [
    ([8, 9], "color type 9 does not exist"),
    ([3, 0], "3 bits a sample do not go with color type 0"),
    ([4, 2], "4 bits a sample do not go with color type 2"),
    ([16, 3], "16 bits a sample do not go with color type 3"),
  ])
  func `impossible kinds of sample are named`(depthAndType: [Int], message: String) {
    let header =
      HandmadePNG.word(4) + HandmadePNG.word(4)
      + [UInt8(depthAndType[0]), UInt8(depthAndType[1]), 0, 0, 0]
    #expect(Self.error(Self.file(header)) == .damaged(Self.path, message))
  }

  @Test(arguments: [(0, 5), (5, 0), (0, 0)])
  func `an image without pixels is refused`(width: Int, height: Int) {
    let bytes = Self.file(HandmadePNG.word(width) + HandmadePNG.word(height) + [8, 2, 0, 0, 0])
    #expect(
      Self.error(bytes) == .damaged(Self.path, "a size of \(width) x \(height) pixels"))
  }

  @Test(arguments: [
    (268_435_457, 1), (1, 268_435_457), (16_384, 16_385), (2_147_483_647, 2_147_483_647),
  ])
  func `an image past the limits is refused before memory is taken`(width: Int, height: Int) {
    let bytes = Self.file(HandmadePNG.word(width) + HandmadePNG.word(height) + [16, 6, 0, 0, 0])
    #expect(
      Self.error(bytes)
        == .tooLarge(Self.path, width: width, height: height, limits: .standard))
  }

  @Test func `a small file that claims a huge image is refused before memory is taken`() {
    let size = HandmadePNG.word(16_384)
    let bytes = Self.file(size + size + [16, 6, 0, 0, 0])
    let raised = PNGLimits(pixels: 1 << 60)
    #expect(
      Self.error(bytes)
        == .implausible(Self.path, width: 16_384, height: 16_384, bytes: bytes.count))
    let larger = Self.file(
      HandmadePNG.word(1 << 30) + HandmadePNG.word(1 << 30) + [16, 6, 0, 0, 0])
    #expect(
      Self.error(larger, limits: raised)
        == .implausible(Self.path, width: 1 << 30, height: 1 << 30, bytes: larger.count))
  }

  @Test func `limits can be raised and lowered`() throws {
    // The bound is on pixels, whatever the sides.
    let wide = HandmadePNG(width: 100_000, height: 1, colorType: 0)
    #expect(Self.error(wide.bytes) == nil)
    #expect(Self.error(wide.bytes, limits: PNGLimits(pixels: 99_999)) != nil)
    #expect(Self.error(wide.bytes, limits: PNGLimits(pixels: 100_000)) == nil)
    let small = PNGLimits(pixels: 98)
    #expect(
      Self.error(HandmadePNG().bytes, limits: small)
        == .tooLarge(Self.path, width: 11, height: 9, limits: small))
  }

  @Test func `damaged pixel data are refused`() {
    let head = Array(HandmadePNG().bytes[..<33])
    let rows = [UInt8](repeating: 0, count: 9 * 34)
    func file(_ stream: [UInt8]) -> [UInt8] {
      head + HandmadePNG.chunk("IDAT", stream) + HandmadePNG.chunk("IEND", [])
    }
    let stream = HandmadePNG.zlib(rows)
    #expect(Self.error(file(stream)) == nil)
    #expect(Self.error(file(stream + [0, 0])) == nil)

    var wrongSum = stream
    wrongSum[stream.count - 1] ^= 1
    #expect(Self.error(file(wrongSum)) == .damaged(Self.path, "IDAT: incorrect data check"))
    let short = HandmadePNG.zlib(Array(rows.dropLast()))
    #expect(Self.error(file(short)) == .damaged(Self.path, "Not enough image data"))
    let filter = HandmadePNG.zlib([9] + rows.dropFirst())
    #expect(Self.error(file(filter)) == .damaged(Self.path, "bad adaptive filter value"))
    #expect(
      Self.error(head + HandmadePNG.chunk("IEND", []))
        == .damaged(Self.path, "it has no pixels: there is no IDAT chunk"))
  }

  @Test func `what is no file is refused without waiting`() throws {
    let folder = try TemporaryFolder()
    let pipe = folder / "pipe.png"
    #expect(pipe.withPlatformString { mkfifo($0, 0o600) } == 0)
    for (path, kind) in [
      (folder.path, "a folder"), (pipe, "a pipe"), (FilePath("/dev/zero"), "a device"),
    ] {
      #expect(throws: PNGError.notAFile(path, kind: kind)) { try PNGReader.read(path) }
      #expect(throws: PNGError.notAFile(path, kind: kind)) { try PNGReader.header(of: path) }
    }
  }

  @Test func `messages name the file, what failed and why`() throws {
    #expect {
      try PNGReader.read("/nonexistent/a.png")
    } throws: {
      "\($0)" == "/nonexistent/a.png: could not be opened: No such file or directory"
    }
    let texts: [(PNGError, String)] = [
      (.empty("a.png"), "a.png: not a PNG: the file is empty"),
      (.notPNG("a.png", content: "it is text"), "a.png: not a PNG: it is text"),
      (
        .notPNG("a b.jpg", content: "it is a JPEG image"),
        "a b.jpg: not a PNG: it is a JPEG image; convert it first, for example with ImageMagick: "
          + "magick mogrify -format png 'a b.jpg'"
      ),
      (
        .notPNG("a.png", content: nil),
        "a.png: not a PNG: it does not begin with PNG's signature"
      ),
      (
        .cutShort("a.png", chunk: "IDAT"), "a.png: broken PNG: the file ends within its IDAT chunk"
      ),
      (.cutShort("a.png", chunk: nil), "a.png: broken PNG: the file ends before its IEND chunk"),
      (
        .wrongChecksum("a.png", chunk: "PLTE"),
        "a.png: broken PNG: its PLTE chunk has a wrong checksum"
      ),
      (.damaged("a.png", "bad row"), "a.png: broken PNG: bad row"),
      (
        .tooLarge("a.png", width: 20_000, height: 3, limits: .standard),
        "a.png: not read: 20000 x 3 pixels are more than the limit of 268435456 pixels; "
          + "raise it with `max-pixels`"
      ),
      (.notAFile("a.png", kind: "a pipe"), "a.png: not read: it is a pipe, not a file"),
    ]
    for (error, text) in texts { #expect("\(error)" == text) }
  }

  /// A file of the header's data and an IDAT chunk of a few bytes.
  private static func file(_ header: [UInt8]) -> [UInt8] {
    HandmadePNG.signature + HandmadePNG.chunk("IHDR", header)
      + HandmadePNG.chunk("PLTE", [1, 2, 3]) + HandmadePNG.chunk("IDAT", HandmadePNG.zlib([0]))
      + HandmadePNG.chunk("IEND", [])
  }
}
