internal import SystemPackage

/// The visible files of folders that are not taken for images, counted by how their names end.
package struct LeftOutFiles: Equatable, Sendable {
  private var counts: [String: Int] = [:]
  private static let shown = 6
  /// How names of pictures end that other programs convert.
  private static let pictures: Set = [
    "jpg", "jpeg", "webp", "avif", "heic", "jxl", "tif", "tiff", "gif", "bmp", "ppm", "pgm",
  ]

  /// How many there are.
  var count: Int { counts.values.reduce(0, +) }

  /// Counts a file.
  mutating func add(_ name: FilePath.Component) {
    counts[name.extension?.lowercased() ?? "", default: 0] += 1
  }

  /// Counts those of another folder too.
  mutating func add(_ others: LeftOutFiles) {
    counts.merge(others.counts) { $0 + $1 }
  }

  /// The endings with their counts, the commonest first.
  private var sorted: [(key: String, value: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }

  /// The commonest ending of pictures that other programs convert: "jpg"; nil without such.
  var picture: String? { sorted.map(\.key).first(where: Self.pictures.contains) }

  /// "8 .jpg, 8 .webp"
  var kinds: String {
    var kinds = sorted.prefix(Self.shown).map { suffix, count in
      suffix.isEmpty ? "\(count) without a suffix" : "\(count) .\(suffix)"
    }
    let rest = sorted.dropFirst(Self.shown).reduce(0) { $0 + $1.value }
    if rest > 0 { kinds.append("\(rest) of other kinds") }
    return kinds.joined(separator: ", ")
  }

  /// "left out 16 files that are not PNG: 8 .jpg, 8 .webp"; nil where there is none.
  var note: String? {
    if counts.isEmpty { return nil }
    return "left out \(count) \(count == 1 ? "file" : "files")"
      + " that \(count == 1 ? "is" : "are") not PNG: \(kinds)"
  }
}
