/// Which samples a pixel has, in order.
package enum PixelFormat: Sendable, CaseIterable {
  case grey, rgb, rgba

  /// Samples a pixel.
  package var channels: Int {
    switch self {
    case .grey: 1
    case .rgb: 3
    case .rgba: 4
    }
  }

  /// The format with 1, 3 or 4 channels.
  package init?(channels: Int) {
    guard let format = Self.allCases.first(where: { $0.channels == channels }) else { return nil }
    self = format
  }
}

/// A colour of 8-bit samples.
package struct RGB: Equatable, Hashable, Sendable {
  package var red, green, blue: UInt8

  package static let white = RGB(red: 255, green: 255, blue: 255)
  package static let black = RGB(red: 0, green: 0, blue: 0)

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The colour's grey level, as for pixels: see `Luma`.
  package var grey: UInt8 { Luma.eightBit(red, green, blue) }
}

/// Grey from colour: Rec. 601 luma, 0.299 R + 0.587 G + 0.114 B, of the samples as they are.
///
/// The weights are those of Pillow's `convert("L")`, in units of 1/65536.
enum Luma {
  static let red = 19595
  static let green = 38470
  static let blue = 7471

  static func eightBit(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (Int(r) * red + Int(g) * green + Int(b) * blue + 0x8000) >> 16)
  }

  static func real(_ r: Float, _ g: Float, _ b: Float) -> Float {
    (r * Float(red) + g * Float(green) + b * Float(blue)) / 65536
  }
}
