package import PNGCodec
package import SystemPackage

/// What the pixels of some images say that their headers do not.
package struct PixelFindings: Codable, Sendable {
  /// Images that were looked at.
  package private(set) var count = 0
  /// Those that are stored in color and show nothing but grays.
  package private(set) var graysInColor = 0
  /// Those that are stored as grays.
  package private(set) var grays = 0
  /// Those that have the same pixels as one before them.
  package private(set) var copies = 0
  /// One of these, and what it is a copy of.
  package private(set) var example: Copy?
  private var firsts: [UInt64: String] = [:]

  /// Two images of the same pixels, by their paths.
  package struct Copy: Codable, Sendable, Equatable {
    package let image, first: String

    package init(image: String, first: String) { (self.image, self.first) = (image, first) }
  }

  private enum CodingKeys: String, CodingKey {
    // Not what only looking on needs.
    case count, graysInColor, grays, copies, example
  }

  package init() {}

  /// Looks at an image.
  package mutating func add(_ image: PixelImage, at path: FilePath) {
    count += 1
    if image.format.colors == 1 {
      grays += 1
    } else if image.showsGraysOnly {
      graysInColor += 1
    }
    let hash = image.pixelHash
    if let first = firsts[hash] {
      copies += 1
      example = example ?? Copy(image: path.string, first: first)
    } else {
      firsts[hash] = path.string
    }
  }
}

extension PixelImage {
  /// Whether red, green and blue are equal in every pixel.
  fileprivate var showsGraysOnly: Bool {
    pixels.withUnsafeBufferPointer { pixels in
      stride(from: 0, to: pixels.count - 2, by: channels).allSatisfy {
        pixels[$0] == pixels[$0 + 1] && pixels[$0] == pixels[$0 + 2]
      }
    }
  }

  /// A hash of size, format and pixels, eight bytes at a time.
  fileprivate var pixelHash: UInt64 {
    var hash = UInt64(width) << 32 ^ UInt64(height) << 3 ^ UInt64(channels)
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
    }
    pixels.withUnsafeBytes { bytes in
      let whole = bytes.count / 8 * 8
      for at in stride(from: 0, to: whole, by: 8) {
        mix(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      }
      for at in whole..<bytes.count { mix(UInt64(bytes[at])) }
    }
    return hash
  }
}
