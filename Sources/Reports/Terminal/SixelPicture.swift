internal import PNGCodec

/// A picture as sixels (DEC STD 070): bands of six rows, in each a pass for every color that it has.
struct SixelPicture {
  /// Levels of red, green and blue where the picture has more than 256 colors.
  private static let levels = [6, 7, 6]
  /// Thresholds of ordered dithering (Bayer 1973), in sixteenths.
  private static let thresholds = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  private let width: Int
  private let height: Int
  /// Colors with parts of 255.
  private var palette: [[Int]] = []
  /// A place in the palette for each pixel.
  private var places: [Int]

  /// - Parameter image: in RGB.
  init(_ image: PixelImage) {
    (width, height) = (image.width, image.height)
    let count = width * height
    places = [Int](repeating: 0, count: count)
    var found: [Int: Int] = [:]
    for p in 0..<count {
      let color = (0..<3).map { Int(image.pixels[3 * p + $0]) }
      let key = color[0] << 16 | color[1] << 8 | color[2]
      if found[key] == nil {
        if found.count == 256 {
          dither(image)
          return
        }
        found[key] = found.count
        palette.append(color)
      }
      places[p] = found[key] ?? 0
    }
  }

  private mutating func dither(_ image: PixelImage) {
    let n = Self.levels
    palette = (0..<(n[0] * n[1] * n[2])).map { place in
      [
        place / (n[1] * n[2]) * 255 / (n[0] - 1), place / n[2] % n[1] * 255 / (n[1] - 1),
        place % n[2] * 255 / (n[2] - 1),
      ]
    }
    for y in 0..<height {
      for x in 0..<width {
        let p = y * width + x
        let threshold = (Double(Self.thresholds[y % 4 * 4 + x % 4]) + 0.5) / 16
        places[p] = (0..<3).reduce(0) { place, c in
          let level = Double(image.pixels[3 * p + c]) / 255 * Double(n[c] - 1)
          return place * n[c] + min(n[c] - 1, Int(level + threshold))
        }
      }
    }
  }

  var text: String {
    var text = "\u{1B}P0;1q\"1;1;\(width);\(height)"
    for (place, color) in palette.enumerated() {
      let parts = color.map { String(($0 * 100 + 127) / 255) }
      text += "#\(place);2;" + parts.joined(separator: ";")
    }
    for top in stride(from: 0, to: height, by: 6) {
      let rows = min(6, height - top)
      let band = places[(top * width)..<((top + rows) * width)]
      for (number, place) in Set(band).sorted().enumerated() {
        text += (number > 0 ? "$" : "") + "#\(place)" + row(of: place, top, rows)
      }
      text += "-"
    }
    return text + "\u{1B}\\"
  }

  /// Where a color is in a band: a character for six pixels below each other, repeated ones counted.
  private func row(of place: Int, _ top: Int, _ rows: Int) -> String {
    var (text, last, count) = ("", 0, 0)
    func flush() {
      let letter = Character(UnicodeScalar(UInt8(63 + last)))
      text += count > 3 ? "!\(count)\(letter)" : String(repeating: letter, count: count)
    }
    for x in 0..<width {
      let bits = (0..<rows).reduce(0) {
        $0 | (places[(top + $1) * width + x] == place ? 1 << $1 : 0)
      }
      if bits != last {
        flush()
        (last, count) = (bits, 0)
      }
      count += 1
    }
    // What is empty up to the edge need not be written.
    if last != 0 { flush() }
    return text
  }
}
