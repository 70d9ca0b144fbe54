/// Which samples a pixel has, in order.
package enum PixelFormat: Sendable, CaseIterable {
  case gray, grayAlpha, rgb, rgba

  /// Samples a pixel.
  package var channels: Int { colors + (hasAlpha ? 1 : 0) }

  /// Samples a pixel without alpha: 1 or 3.
  package var colors: Int { self == .gray || self == .grayAlpha ? 1 : 3 }

  /// Whether the last sample is alpha.
  package var hasAlpha: Bool { self == .grayAlpha || self == .rgba }

  /// The format with 1 or 3 color samples, and alpha or not.
  package init(colors: Int, hasAlpha: Bool) {
    self = colors == 1 ? (hasAlpha ? .grayAlpha : .gray) : hasAlpha ? .rgba : .rgb
  }

  /// The format of a network's channels: grayscale for 1, RGB for 3, RGBA for 4.
  package init?(channels: Int) {
    switch channels {
    case 1: self = .gray
    case 3: self = .rgb
    case 4: self = .rgba
    default: return nil
    }
  }
}

/// A color of 8-bit samples.
package struct RGB: Equatable, Hashable, Sendable {
  package var red, green, blue: UInt8

  package static let white = RGB(red: 255, green: 255, blue: 255)
  package static let black = RGB(red: 0, green: 0, blue: 0)

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Reads `#rrggbb`, with or without the sign.
  package init?(hexadecimal text: String) {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
      let value = Int(digits, radix: 16)
    else { return nil }
    self.init(
      red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
  }

  /// The color's gray level, as for pixels: see `Luma`.
  package var gray: UInt8 { Luma.eightBit(red, green, blue) }
}

/// Gray from color: Rec. 601 luma, 0.299 R + 0.587 G + 0.114 B, of the samples as they are.
///
/// The weights are those of Pillow's `convert("L")`, in units of 1/65536.
enum Luma {
  static let red = 19595
  static let green = 38470
  static let blue = 7471

  static func eightBit(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (Int(r) * red + Int(g) * green + Int(b) * blue + 0x8000) >> 16)
  }

  static func deep(_ r: UInt16, _ g: UInt16, _ b: UInt16) -> UInt16 {
    UInt16(truncatingIfNeeded: (Int(r) * red + Int(g) * green + Int(b) * blue + 0x8000) >> 16)
  }

  static func real(_ r: Float, _ g: Float, _ b: Float) -> Float {
    (r * Float(red) + g * Float(green) + b * Float(blue)) / 65536
  }
}
