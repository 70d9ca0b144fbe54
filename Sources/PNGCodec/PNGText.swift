package import SystemPackage

/// A pair of words in a PNG file: what kind of text, and the text.
package struct PNGText: Equatable, Sendable {
  /// 1 to 79 Latin-1 characters, as "Software".
  package let keyword: String
  package let text: String

  package init(_ keyword: String, _ text: String) {
    self.keyword = keyword
    self.text = text
  }

  /// tEXt: keyword, 0, text (PNG specification, 11.3.3.2).
  init?(latin1 data: [UInt8]) {
    guard let end = data.firstIndex(of: 0) else { return nil }
    self.init(Self.latin1(data[..<end]), Self.latin1(data[(end + 1)...]))
  }

  static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}

extension PNGReader {
  /// The longest text that is read, in bytes.
  private static let longestText = 8 << 20

  /// The file's text chunks in their order, from before and after the pixels.
  ///
  /// Reads tEXt and uncompressed iTXt, which are what `PNGWriter` writes, up to 8 MiB each; others
  /// are left out. Pixels are neither decoded nor checked.
  package static func text(of path: FilePath) throws(PNGError) -> [PNGText] {
    let source = try PNGSource(opening: path)
    // The decoder finds what is no PNG, with its cause.
    _ = try PNGDecoder(PNGSource(opening: path), limits: .unlimited)
    var chunks = PNGChunks()
    var texts: [PNGText] = []
    while let chunk = try chunks.next(in: source), chunk.type != "IEND" {
      guard ["tEXt", "iTXt"].contains(chunk.type), chunk.length <= longestText else { continue }
      guard try PNGChunks.hasRightChecksum(chunk, in: source) else {
        throw .wrongChecksum(path, chunk: chunk.type)
      }
      let data = try source.bytes(at: chunk.offset, count: chunk.length)
      let text = chunk.type == "tEXt" ? PNGText(latin1: data) : unicodeText(data)
      if let text { texts.append(text) }
    }
    return texts
  }

  /// iTXt: keyword, 0, compressed?, method, language, 0, translated keyword, 0, text (11.3.3.4).
  private static func unicodeText(_ data: [UInt8]) -> PNGText? {
    let parts = data.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count >= 2, parts[1].first == 0 else { return nil }
    let rest = parts[1].dropFirst(2).split(
      separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    guard rest.count == 3 else { return nil }
    return PNGText(PNGText.latin1(parts[0]), String(decoding: rest[2], as: UTF8.self))
  }
}
