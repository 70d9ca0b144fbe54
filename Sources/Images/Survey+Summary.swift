package import PNGCodec
package import SystemPackage

extension Survey {
  /// The survey in a few lines: count and sizes, kinds, unreadable images, duplicates.
  package var summary: [String] {
    var lines = ["\(count) \(count == 1 ? "image" : "images"): \(sizeList)"]
    if unseen > 0 { lines.append("only the first \(count - unseen) of them were looked at") }
    if !kinds.isEmpty { lines.append(kindList) }
    if !unreadable.isEmpty {
      lines.append(
        "\(unreadable.count) cannot be read and \(unreadable.count == 1 ? "is" : "are") left out:")
      lines += unreadable.prefix(Self.shown).map { "  \($0)" } + Self.rest(unreadable.count)
    }
    if !animations.isEmpty {
      lines.append(
        animations.count == 1 ? "1 is an animation:" : "\(animations.count) are animations:")
      lines += animations.prefix(Self.shown).map { "  \($0)" } + Self.rest(animations.count)
    }
    if !duplicates.isEmpty {
      lines.append(
        duplicates.count == 1
          ? "1 is a duplicate:" : "\(duplicates.count) are duplicates:")
      lines +=
        duplicates.prefix(Self.shown).map { "  \($0.image): same as \($0.first)" }
        + Self.rest(duplicates.count)
    }
    return lines
  }

  private static let shown = 5

  private static func rest(_ count: Int) -> [String] {
    count > shown ? ["  and \(count - shown) more"] : []
  }

  /// `32 x 32`, or `32 x 32 (1990), 28 x 28 (10)`.
  private var sizeList: String {
    let counts = sizesByCount
    if counts.count == 1 { return "all \(counts[0].size.inWords) pixels" }
    let list = counts.prefix(Self.shown).map { "\($0.size.inWords) (\($0.count))" }
    let more = counts.count - list.count
    if list.isEmpty { return "none can be read" }
    return list.joined(separator: ", ") + (more > 0 ? " and \(more) more sizes" : "")
  }

  /// `RGB, 8 bits (1900); gray, 8 bits (100)`.
  private var kindList: String {
    var counts: [String: Int] = [:]
    for (kind, count) in kinds { counts[kind.description, default: 0] += count }
    if counts.count == 1, let only = counts.keys.first { return only }
    let sorted = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    let more = sorted.count - Self.shown
    return sorted.prefix(Self.shown).map { "\($0.key) (\($0.value))" }.joined(separator: "; ")
      + (more > 0 ? " and \(more) more kinds" : "")
  }
}

extension PNGHeader {
  /// What a user should know of an animation; nil of a still image.
  package func animationNote(_ path: FilePath) -> String? {
    frames.map { "\(path): an animation of \($0) frames; only its still image is used" }
  }
}

extension Survey.Kind: CustomStringConvertible {
  /// `RGB with alpha, 8 bits`.
  package var description: String {
    let colors =
      switch colorType {
      case .gray: "grayscale"
      case .grayAlpha: "grayscale with alpha"
      case .rgb: "RGB"
      case .rgba: "RGB with alpha"
      case .palette: isGray ? "palette of grays" : "palette"
      }
    let transparency =
      !hasTransparency || colorType.hasAlpha
      ? "" : colorType == .palette ? " with transparency" : " with a transparent color"
    return colors + transparency + (bitDepth == 1 ? ", 1 bit" : ", \(bitDepth) bits")
  }
}
