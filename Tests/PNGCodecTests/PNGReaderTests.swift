import Files
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// Reads what HandmadePNG writes, and compares with colors computed from the same samples.
@Suite struct PNGReaderTests {
  /// One kind of file.
  struct Kind: CustomTestStringConvertible, Sendable {
    let colorType: Int
    let bitDepth: Int
    let isInterlaced: Bool
    let hasTransparentColor: Bool
    var testDescription: String {
      "type \(colorType), \(bitDepth) bits"
        + (isInterlaced ? ", interlaced" : "") + (hasTransparentColor ? ", tRNS" : "")
    }
  }

  static let kinds: [Kind] = [
    (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
  ].flatMap { (type: Int, depths: [Int]) in
    depths.flatMap { depth in
      [false, true].flatMap { interlaced in
        (type < 4 ? [false, true] : [false]).map {
          Kind(
            colorType: type, bitDepth: depth, isInterlaced: interlaced, hasTransparentColor: $0)
        }
      }
    }
  }

  @Test(arguments: kinds)
  func `every kind of file decodes to its colors, in every format and with every filter`(
    kind: Kind
  ) throws {
    for (filter, size) in [
      (0, (11, 9)), (1, (1, 1)), (2, (5, 3)), (3, (3, 8)), (4, (8, 5)), (5, (33, 17)),
    ] {
      let file = Self.file(kind, filter: filter, width: size.0, height: size.1)
      let background = RGB(red: 10, green: 200, blue: 90)
      for format in [nil, PixelFormat.gray, .grayAlpha, .rgb, .rgba] {
        let image = try PNGReader.read(
          file.bytes, named: "a.png", as: format, background: background)
        let own = Self.ownFormat(kind)
        #expect(image.format == format ?? own)
        #expect(image.width == size.0 && image.height == size.1)
        let expected = Self.expectedPixels(file, kind, as: image.format, over: background)
        // Composing and rounding to 8 bits in another order may differ by one gray level.
        let tolerance = kind.bitDepth == 16 && image.format.colors == 1 ? 1 : 0
        let worst = zip(image.pixels, expected).map { abs(Int($0) - $1) }.max() ?? 0
        #expect(image.pixels.count == expected.count && worst <= tolerance)
      }
    }
  }

  @Test(arguments: kinds.filter { $0.bitDepth == 16 })
  func `16-bit samples keep their precision as real numbers`(kind: Kind) throws {
    let folder = try TemporaryFolder()
    let file = Self.file(kind, filter: 5, width: 33, height: 17)
    try AtomicFile.write(file.bytes, to: folder / "a.png")
    let own = try PNGReader.readFloat(folder / "a.png")
    let colors = Self.colors(file, kind)
    let deep = own.deepPixels.pixels.map(Int.init)
    switch own.format {
    case .gray: #expect(deep == colors.map { $0[0] })
    case .grayAlpha: #expect(deep == colors.flatMap { [$0[0], $0[3]] })
    case .rgb: #expect(deep == colors.flatMap { $0[..<3] })
    case .rgba: #expect(deep == colors.flatMap { $0 })
    }

    let composed = try PNGReader.readFloat(folder / "a.png", as: .rgb, background: .black)
    for (i, color) in colors.enumerated() {
      for c in 0..<3 {
        let expected = Double(color[c]) * Double(color[3]) / 65535 / 32767.5 - 1
        #expect(abs(Double(composed.values[c * colors.count + i]) - expected) < 1e-6)
      }
    }
  }

  @Test func `8-bit samples become pixel / 127.5 - 1, one plane after another`() throws {
    let folder = try TemporaryFolder()
    let image = PixelImage(width: 2, height: 1, format: .rgb, pixels: [0, 51, 255, 102, 204, 153])
    try PNGWriter.write(image, to: folder / "a.png")
    let read = try PNGReader.readFloat(folder / "a.png")
    let expected: [Float] = [-1, -0.2, -0.6, 0.6, 1, 0.2]
    #expect(zip(read.values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(read.pixels == image)
  }

  @Test(arguments: kinds)
  func `headers say what the file is without its pixels`(kind: Kind) throws {
    let folder = try TemporaryFolder()
    let file = Self.file(kind, filter: 0, width: 33, height: 17)
    try AtomicFile.write(file.bytes, to: folder / "a.png")
    let header = try PNGReader.header(of: folder / "a.png")
    #expect(header.width == 33 && header.height == 17)
    #expect(Int(header.colorType.rawValue) == kind.colorType)
    #expect(header.bitDepth == kind.bitDepth)
    #expect(header.isInterlaced == kind.isInterlaced)
    #expect(header.hasTransparency == (kind.hasTransparentColor || kind.colorType >= 4))
    #expect(header.isDeep == (kind.bitDepth == 16))
  }

  @Test func `text, profiles and animation frames do not change the pixels`() throws {
    var file = HandmadePNG(sample: { x, y, c in x * 20 + y + c })
    let plain = try PNGReader.read(file.bytes, named: "a.png")
    let megabytes = [UInt8](repeating: 65, count: 20 << 20)
    file.extraChunks = [
      ("tEXt", megabytes), ("gAMA", [0, 0, 0, 1]), ("iCCP", [1]), ("zTXt", [1, 2, 3]),
      ("acTL", [0, 0, 0, 1, 0, 0, 0, 0]), ("juNk", []), ("cHRM", [3]),
    ]
    #expect(try PNGReader.read(file.bytes, named: "a.png") == plain)
    #expect(try PNGReader.read(file.bytes + [1, 2, 3], named: "a.png") == plain)
  }
}

// MARK: The expected colors

extension PNGReaderTests {
  /// A file of the kind with all its samples, some of them transparent.
  static func file(_ kind: Kind, filter: Int, width: Int, height: Int) -> HandmadePNG {
    var file = HandmadePNG(
      width: width, height: height, colorType: kind.colorType, bitDepth: kind.bitDepth,
      isInterlaced: kind.isInterlaced, filter: filter)
    let values = 1 << kind.bitDepth
    file.sample = { x, y, c in (x * 4099 + y * 1031 + c * 77 + x * y * 13) % values }
    if kind.colorType == 3 {
      file.palette = (0..<values).map { [$0 * 5 % 256, 255 - $0, $0 * $0 % 256] }
    }
    if kind.hasTransparentColor {
      let color = (0..<file.channels).map { file.sample(0, 0, $0) }
      file.transparency =
        kind.colorType == 3
        // Fewer alphas than colors: the rest is opaque.
        ? (0..<((values + 1) / 2)).map { UInt8($0 * 37 % 256) }
        : color.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }
    return file
  }

  static func ownFormat(_ kind: Kind) -> PixelFormat {
    PixelFormat(
      colors: kind.colorType == 0 || kind.colorType == 4 ? 1 : 3,
      hasAlpha: kind.hasTransparentColor || kind.colorType >= 4)
  }

  /// Red, green, blue and alpha of every pixel, in 16 bits.
  static func colors(_ file: HandmadePNG, _ kind: Kind) -> [[Int]] {
    let largest = (1 << kind.bitDepth) - 1
    return (0..<file.height).flatMap { y in
      (0..<file.width).map { x in
        let s = (0..<file.channels).map { file.sample(x, y, $0) }
        let wide = s.map { $0 * 65535 / largest }
        switch kind.colorType {
        case 3:
          let alphas = file.transparency ?? []
          let alpha = s[0] < alphas.count ? Int(alphas[s[0]]) : 255
          return (file.palette[s[0]] + [alpha]).map { $0 * 257 }
        case 4: return [wide[0], wide[0], wide[0], wide[1]]
        case 6: return wide
        default:
          let isClear =
            kind.hasTransparentColor
            && s == (0..<file.channels).map { file.sample(0, 0, $0) }
          let alpha = isClear ? 0 : 65535
          return kind.colorType == 0
            ? [wide[0], wide[0], wide[0], alpha] : [wide[0], wide[1], wide[2], alpha]
        }
      }
    }
  }

  static func expectedPixels(
    _ file: HandmadePNG, _ kind: Kind, as format: PixelFormat, over background: RGB
  ) -> [Int] {
    let behind = [background.red, background.green, background.blue].map(Int.init)
    return colors(file, kind).flatMap { color -> [Int] in
      let eight = color.map { ($0 * 255 + 32767) / 65535 }
      func compose(_ sample: Int, over behind: Int) -> Int {
        Int((Double(sample * eight[3] + behind * (255 - eight[3])) / 255).rounded())
      }
      func luma(_ c: [Int]) -> Int { (c[0] * 19595 + c[1] * 38470 + c[2] * 7471 + 32768) >> 16 }
      switch format {
      case .rgba: return eight
      case .rgb: return (0..<3).map { compose(eight[$0], over: behind[$0]) }
      case .grayAlpha: return [luma(eight), eight[3]]
      case .gray: return [compose(luma(eight), over: luma(behind))]
      }
    }
  }
}
