internal import Foundation
package import SystemPackage

/// The kinds of file systems, as Linux names them.
package enum FileSystemType {
  /// "ext4", "nfs4", "tmpfs": of the mount that `folder` is in; nil where the system does not say.
  ///
  /// - Parameter mounts: the lines of proc(5)'s mountinfo.
  package static func name(of folder: FilePath, mounts: String? = nil) -> String? {
    let text = mounts ?? (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8))
    let folder = Place(folder).path
    var found: (depth: Int, name: String)?
    for line in (text ?? "").split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else {
        continue
      }
      let point = FilePath(unescaped(fields[4]))
      // Of mounts on one folder the last one is seen.
      guard folder.starts(with: point), point.components.count >= found?.depth ?? 0 else {
        continue
      }
      found = (point.components.count, fields[dash + 1])
    }
    return found?.name
  }

  /// Blanks and backslashes are written as "\040".
  private static func unescaped(_ text: String) -> String {
    guard text.contains("\\") else { return text }
    var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
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
