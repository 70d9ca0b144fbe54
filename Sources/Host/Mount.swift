internal import Foundation

/// A line of /proc/self/mountinfo (proc(5)).
package struct Mount: Sendable {
  /// The folder of the file system that is mounted, and where.
  let source, place: String
  /// What Linux calls the file system: "ext4", "nfs4", "tmpfs".
  let kind: String
  /// Of the file system.
  let options: String

  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard let end = fields.firstIndex(of: "-"), end >= 6, fields.count > end + 3 else { return nil }
    (source, place) = (Self.unescaped(fields[3]), Self.unescaped(fields[4]))
    (kind, options) = (String(fields[end + 1]), String(fields[end + 3]))
  }

  /// The mounts that lines tell of.
  static func all(_ lines: String) -> [Mount] {
    lines.split(separator: "\n").compactMap(Mount.init)
  }

  /// The kind of file system that a folder is on; nil where the system does not say.
  ///
  /// - Parameters:
  ///   - folder: from the root, without links.
  ///   - lines: of mountinfo, this process's where none are given.
  package static func kind(of folder: String, lines: String? = nil) -> String? {
    let lines = lines ?? (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8))
    let components = folder.split(separator: "/")
    let around = all(lines ?? "").filter { components.starts(with: $0.place.split(separator: "/")) }
    // Of mounts on one folder the last one is seen.
    return around.reduce(nil as Mount?) { inner, mount in
      mount.depth >= inner?.depth ?? 0 ? mount : inner
    }?.kind
  }

  private var depth: Int { place.split(separator: "/").count }

  /// Blanks and the like stand as three octal digits.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
