/// What a PNG file says of itself before its pixels.
package struct PNGHeader: Equatable, Sendable {
  /// How samples make colours, with the format's own numbers.
  package enum ColourType: UInt8, Sendable {
    case grey = 0
    case rgb = 2
    case palette = 3
    case greyAlpha = 4
    case rgba = 6
  }

  package let width: Int
  package let height: Int
  /// Bits a sample, of a palette's index where there is one: 1, 2, 4, 8 or 16.
  package let bitDepth: Int
  package let colourType: ColourType
  /// Whether there is an alpha channel, or a tRNS chunk that makes colours transparent.
  package let hasTransparency: Bool
  package let isInterlaced: Bool

  /// The smallest format that holds everything the file says.
  package var format: PixelFormat {
    if hasTransparency { return .rgba }
    return colourType == .grey ? .grey : .rgb
  }

  /// Whether samples have more than 8 bits.
  package var isDeep: Bool { bitDepth == 16 }

  /// Bytes that the rows are at least before compression; real, as the product can pass 2^64.
  var storedBytes: Double {
    let samples =
      switch colourType {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    return Double(width) * Double(height) * Double(samples * bitDepth) / 8
  }
}

/// How large an image may be before it is refused unread.
package struct PNGLimits: Equatable, Sendable {
  /// Pixels a row.
  package var width: Int
  /// Rows.
  package var height: Int
  /// Pixels altogether.
  package var pixels: Int

  /// 16,384 pixels a side and 2^28 altogether.
  package static let standard = PNGLimits(width: 16_384, height: 16_384, pixels: 1 << 28)

  /// The format itself ends at 2^31 - 1 pixels a side.
  package init(width: Int, height: Int, pixels: Int) {
    let longest = Int(Int32.max)
    self.width = min(max(1, width), longest)
    self.height = min(max(1, height), longest)
    self.pixels = max(1, pixels)
  }

  func allow(width: Int, height: Int) -> Bool {
    width <= self.width && height <= self.height && width * height <= pixels
  }
}
