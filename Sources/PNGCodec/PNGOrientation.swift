/// How a stored image is to be turned before it is shown: tag 0x0112 of Exif (CIPA DC-008, 4.6.4).
package enum PNGOrientation: UInt8, Sendable, CaseIterable {
  case upright = 1
  case mirrored, turnedHalf, flipped
  /// Mirrored at the diagonal from the top left.
  case transposed
  /// To be turned by a quarter clockwise.
  case turnedRight
  /// Mirrored at the diagonal from the top right.
  case transversed
  /// To be turned by a quarter counterclockwise.
  case turnedLeft

  /// Whether width and height change places.
  package var swapsSides: Bool { rawValue >= Self.transposed.rawValue }

  /// What undoes it.
  package var inverse: PNGOrientation {
    switch self {
    case .turnedRight: .turnedLeft
    case .turnedLeft: .turnedRight
    default: self
    }
  }

  /// Whether the stored columns are walked from the right.
  fileprivate var reversesColumns: Bool {
    [.mirrored, .turnedHalf, .transversed, .turnedLeft].contains(self)
  }

  /// Whether the stored rows are walked from the bottom.
  fileprivate var reversesRows: Bool {
    [.turnedHalf, .flipped, .turnedRight, .transversed].contains(self)
  }

  /// The orientation that an eXIf chunk's bytes tell; upright where they tell none.
  ///
  /// Reads the first directory alone: byte order, the directory's place, and its entries of 12 bytes.
  init(exif bytes: [UInt8]) {
    self = Self.tag(in: bytes).flatMap { PNGOrientation(rawValue: $0) } ?? .upright
  }

  private static func tag(in bytes: [UInt8]) -> UInt8? {
    let isBigEndian = bytes.starts(with: [0x4d, 0x4d, 0, 42])
    guard isBigEndian || bytes.starts(with: [0x49, 0x49, 42, 0]) else { return nil }
    func number(at offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      let digits = bytes[offset..<(offset + count)]
      return (isBigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(at: 4, 4), let entries = number(at: directory, 2) else {
      return nil
    }
    for entry in 0..<entries {
      let start = directory + 2 + 12 * entry
      guard let tag = number(at: start, 2) else { return nil }
      // A SHORT (3), one of them, whose value stands first in the entry's last four bytes.
      guard tag == 0x0112 else { continue }
      guard number(at: start + 2, 2) == 3, number(at: start + 4, 4) == 1,
        let value = number(at: start + 8, 2)
      else { return nil }
      return UInt8(exactly: value)
    }
    return nil
  }
}

extension PNGOrientation {
  /// The index of the stored pixel that is shown at column `x` and row `y`.
  ///
  /// - Parameters:
  ///   - width: of the stored image.
  ///   - height: of the stored image.
  fileprivate func source(x: Int, y: Int, width: Int, height: Int) -> Int {
    let (column, row) = swapsSides ? (y, x) : (x, y)
    return (reversesRows ? height - 1 - row : row) * width
      + (reversesColumns ? width - 1 - column : column)
  }
}

extension Raster {
  /// The image as it is to be shown.
  package func turned(_ orientation: PNGOrientation) -> Raster {
    if orientation == .upright { return self }
    let (columns, rows) = orientation.swapsSides ? (height, width) : (width, height)
    var turned = Raster(width: columns, height: rows, format: format, pixels: pixels)
    var next = 0
    for y in 0..<rows {
      for x in 0..<columns {
        let from = orientation.source(x: x, y: y, width: width, height: height) * channels
        for c in 0..<channels { turned.pixels[next + c] = pixels[from + c] }
        next += channels
      }
    }
    return turned
  }
}

extension FloatImage {
  /// The image as it is to be shown.
  package func turned(_ orientation: PNGOrientation) -> FloatImage {
    if orientation == .upright { return self }
    let (columns, rows) = orientation.swapsSides ? (height, width) : (width, height)
    var turned = FloatImage(width: columns, height: rows, format: format, values: values)
    for y in 0..<rows {
      for x in 0..<columns {
        let from = orientation.source(x: x, y: y, width: width, height: height)
        for c in 0..<channels {
          turned.values[(c * rows + y) * columns + x] = values[c * width * height + from]
        }
      }
    }
    return turned
  }
}
