import PNGCodec
import TestSupport
import Testing

/// Every kind of PNG: color type, bits, transparency and interlacing.
struct PictureKind: CustomTestStringConvertible, Sendable {
  let colorType: Int
  let bitDepth: Int
  let hasTransparentColor: Bool
  let isInterlaced: Bool
  /// A palette of grays.
  var isGrayPalette = false

  static let all: [PictureKind] = [false, true].flatMap { isInterlaced in
    [(0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16])].flatMap {
      (type: Int, depths: [Int]) in
      depths.flatMap { depth in
        (type < 4 ? [false, true] : [false]).flatMap { isTransparent in
          (type == 3 ? [false, true] : [false]).map {
            PictureKind(
              colorType: type, bitDepth: depth, hasTransparentColor: isTransparent,
              isInterlaced: isInterlaced, isGrayPalette: $0)
          }
        }
      }
    }
  }

  var testDescription: String {
    "type \(colorType), \(bitDepth) bits" + (isGrayPalette ? ", grays" : "")
      + (hasTransparentColor ? ", tRNS" : "") + (isInterlaced ? ", interlaced" : "")
  }

  /// Whether all its colors are grays.
  var isGray: Bool { colorType == 0 || colorType == 4 || isGrayPalette }

  /// The color type of its results: its own, or the nearest that is no palette and has alpha.
  var resultType: Int {
    let hasAlpha = hasTransparentColor || colorType >= 4
    return (isGray ? 0 : 2) + (hasAlpha ? 4 : 0)
  }

  var resultDepth: Int { max(bitDepth, 8) }

  /// A picture of 8 x 8 whose samples, alpha among them, take many values, with all that applies to it.
  func file(seed: Int = 0) -> HandmadePNG {
    var file = HandmadePNG(
      width: 8, height: 8, colorType: colorType, bitDepth: bitDepth, isInterlaced: isInterlaced,
      extraChunks: carried)
    let values = 1 << bitDepth
    let alpha = file.channels - 1
    let hasAlpha = colorType >= 4
    file.sample = { x, y, c in
      let level = (x * 4099 + y * 1031 + c * 77 + x * y * 13 + seed * 5) % values
      // Opaque, clear and half transparent pixels.
      return hasAlpha && c == alpha ? [values - 1, 0, level][(x + y) % 3] : level
    }
    if colorType == 3 {
      let grays = isGrayPalette
      file.palette = (0..<values).map { i in
        grays
          ? [i * 255 / (values - 1), i * 255 / (values - 1), i * 255 / (values - 1)]
          : [i * 5 % 256, 255 - i, i * i % 256]
      }
    }
    if hasTransparentColor {
      let color = (0..<file.channels).map { file.sample(0, 0, $0) }
      file.transparency =
        colorType == 3
        ? (0..<((values + 1) / 2)).map { UInt8($0 * 37 % 256) }
        : color.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }
    return file
  }

  /// Chunks that apply to results of every kind.
  private var carried: [(type: String, data: [UInt8])] {
    [
      ("sRGB", [0]), ("gAMA", [0, 0, 177, 143]), ("pHYs", [0, 0, 1, 0, 0, 0, 2, 0, 1]),
      ("eXIf", HandmadePNG.exif(orientation: 6)), ("tIME", [7, 230, 1, 2, 3, 4, 5]),
      ("tEXt", Array("Title\0a picture".utf8)), ("zTXt", Array("Comment\0\0not inflated".utf8)),
      ("iTXt", Array("Author\0\0\0de\0\0a name".utf8)), ("cLLI", [0, 0, 0, 1, 0, 0, 0, 1]),
    ]
  }
}
