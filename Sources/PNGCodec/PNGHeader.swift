/// The header of a PNG file: the chunks before its pixels.
package struct PNGHeader: Equatable, Sendable {
  /// How samples make colors, with the format's own numbers.
  package enum ColorType: UInt8, Sendable {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6
  }

  package let width: Int
  package let height: Int
  /// Bits a sample, of a palette's index where there is one: 1, 2, 4, 8 or 16.
  package let bitDepth: Int
  package let colorType: ColorType
  /// Whether there is an alpha channel, or a tRNS chunk that makes colors transparent.
  package let hasTransparency: Bool
  package let isInterlaced: Bool
  /// Whether there is a palette, all of grays.
  package var hasGrayPalette = false
  /// How the image is to be turned before it is shown, as its eXIf chunk says.
  package var orientation = PNGOrientation.upright
  /// Frames of an animation (APNG); nil for a still image.
  package var frames: Int?
  /// Its short texts (tEXt), unchecked.
  package var texts: [PNGText] = []

  /// Whether all colors are grays: grayscale with alpha, with a transparent color or without, and a
  /// palette of grays. RGB is color, whatever its samples.
  package var isGray: Bool {
    colorType == .gray || colorType == .grayAlpha || hasGrayPalette
  }

  /// The smallest format that holds everything the file says.
  package var format: PixelFormat {
    PixelFormat(colors: isGray ? 1 : 3, hasAlpha: hasTransparency)
  }

  /// The width in pixels when turned as its orientation says.
  package var uprightWidth: Int { orientation.swapsSides ? height : width }

  /// The height in pixels when turned as its orientation says.
  package var uprightHeight: Int { orientation.swapsSides ? width : height }

  /// Whether samples have more than 8 bits.
  package var isDeep: Bool { bitDepth == 16 }

  /// Bytes that the rows are at least before compression; real, as the product can pass 2^64.
  var storedBytes: Double {
    let samples =
      switch colorType {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    return Double(width) * Double(height) * Double(samples * bitDepth) / 8
  }
}

/// How large an image may be before it is refused unread.
package struct PNGLimits: Equatable, Sendable {
  /// Pixels altogether, whatever the sides.
  package var pixels: Int

  /// 2^28 pixels.
  package static let standard = PNGLimits(pixels: 1 << 28)

  /// For what does not read pixels.
  package static let unlimited = PNGLimits(pixels: .max)

  package init(pixels: Int) { self.pixels = max(1, pixels) }

  /// A user's limit, or where there is none the standard one.
  package init(most pixels: Int?) { self = pixels.map { PNGLimits(pixels: $0) } ?? .standard }

  /// The format itself ends at 2^31 - 1 pixels a side.
  static let longestSide = UInt32(Int32.max)

  func allow(width: Int, height: Int) -> Bool {
    width <= Self.longestSide && height <= Self.longestSide && width * height <= pixels
  }
}
