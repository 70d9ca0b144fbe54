/// A chunk that goes with a picture, as opaque bytes.
package struct PNGCarriedChunk: Equatable, Sendable {
  /// Its four letters.
  package let type: String
  package let data: [UInt8]

  package init(type: String, data: [UInt8]) { (self.type, self.data) = (type, data) }
}

/// What a picture carries beside its pixels: color space, resolution, Exif, time, text.
///
/// Chunks are taken as they are, up to a limit on each and on all; nothing is inflated or parsed. What
/// the format calls safe to copy (PNG specification, third edition, 14.2) goes along too.
package struct PNGCarriedChunks: Equatable, Sendable {
  /// In the file's order.
  package private(set) var chunks: [PNGCarriedChunk] = []
  /// The types of those that were past a limit, in the file's order.
  package private(set) var tooLarge: [String] = []

  /// Bytes of a chunk.
  package static let largest = 16 << 20
  /// Bytes of all chunks.
  package static let largestSum = 64 << 20
  /// How many chunks.
  package static let most = 4096

  /// A picture that carries nothing.
  package init() {}

  /// - Parameter chunks: what a picture carries, in this order.
  package init(_ chunks: [PNGCarriedChunk]) { self.chunks = chunks }

  /// Those that may stand in a file once: the first counts.
  private static let single: Set<String> = [
    "iCCP", "sRGB", "gAMA", "cHRM", "cICP", "mDCV", "cLLI", "sBIT", "pHYs", "eXIf", "tIME", "hIST",
    "bKGD",
  ]
  private static let repeated: Set<String> = ["tEXt", "zTXt", "iTXt", "sPLT"]

  /// Whether a chunk goes with a picture whose pixels change.
  private static func isCarried(_ type: String) -> Bool {
    if single.contains(type) || repeated.contains(type) { return true }
    // Lower case: ancillary, and safe to copy.
    let letters = Array(type.utf8)
    return letters[0] >= 0x61 && letters[3] >= 0x61
  }

  /// All that the file carries, from before and after the pixels, with every checksum checked.
  init(in source: borrowing PNGSource) throws(PNGError) {
    var walk = PNGChunks()
    var sum = 0
    while let chunk = try walk.next(in: source), chunk.type != "IEND" {
      guard Self.isCarried(chunk.type) else { continue }
      if Self.single.contains(chunk.type), contains(chunk.type) { continue }
      guard chunk.length <= Self.largest, sum + chunk.length <= Self.largestSum,
        chunks.count < Self.most
      else {
        tooLarge.append(chunk.type)
        continue
      }
      guard try PNGChunks.hasRightChecksum(chunk, in: source) else {
        throw .wrongChecksum(source.path, chunk: chunk.type)
      }
      sum += chunk.length
      chunks.append(
        PNGCarriedChunk(
          type: chunk.type, data: try source.bytes(at: chunk.offset, count: chunk.length)))
    }
  }

  /// Whether there is a chunk of this type.
  package func contains(_ type: String) -> Bool { chunks.contains { $0.type == type } }

  /// The chunks of both that are the same in both, and the types of the others.
  package func common(with other: PNGCarriedChunks) -> (PNGCarriedChunks, differing: [String]) {
    let same = chunks.filter { other.chunks.contains($0) }
    let types = (chunks + other.chunks).filter { !same.contains($0) }.map(\.type)
    return (PNGCarriedChunks(same), Self.distinct(types))
  }

  /// The chunks without those of a text's keyword.
  package func withoutText(_ keyword: String) -> PNGCarriedChunks {
    let start = Array(keyword.utf8) + [0]
    var result = self
    result.chunks.removeAll {
      ["tEXt", "zTXt", "iTXt"].contains($0.type) && $0.data.starts(with: start)
    }
    return result
  }

  /// Whether there is a text of this keyword.
  package func hasText(_ keyword: String) -> Bool { withoutText(keyword) != self }

  /// What still applies to a picture of another kind, and the types of what does not.
  ///
  /// - Parameters:
  ///   - header: of the file that they come from.
  ///   - format: of the new picture.
  ///   - bits: a sample, 8 or 16.
  package func applying(
    from header: PNGHeader, to format: PixelFormat, bits: Int
  ) -> (PNGCarriedChunks, dropped: [String]) {
    let wasColor = header.colorType == .palette || header.colorType.isColor
    let becomesGray = wasColor && format.colors == 1
    func applies(_ chunk: PNGCarriedChunk) -> Bool {
      switch chunk.type {
      // A profile of colors does not go with grays (11.3.2.3), nor do primaries.
      case "iCCP", "cICP", "mDCV", "cHRM": return !becomesGray
      // A byte a sample, each at most the sample's depth (11.3.2.6); finer samples have more bits that count.
      case "sBIT":
        let depth = header.colorType == .palette ? 8 : header.bitDepth
        return depth == bits && chunk.data.count == format.channels
          && chunk.data.allSatisfy { 1...bits ~= Int($0) }
      // An index of a palette, or samples of the file's depth (11.3.4.1).
      case "bKGD":
        return header.colorType != .palette && wasColor == (format.colors == 3)
          && header.bitDepth == bits
      // A palette's histogram: results have no palette (11.3.4.2).
      case "hIST": return false
      case "sPLT": return !becomesGray
      default: return true
      }
    }
    let dropped = chunks.filter { !applies($0) }.map(\.type)
    var result = self
    result.chunks = chunks.filter(applies)
    return (result, Self.distinct(dropped))
  }

  /// Each once, in their order.
  private static func distinct(_ types: [String]) -> [String] {
    var seen: Set<String> = []
    return types.filter { seen.insert($0).inserted }
  }
}

extension PNGHeader.ColorType {
  /// Whether every pixel has red, green and blue samples.
  var isColor: Bool { self == .rgb || self == .rgba }
}
