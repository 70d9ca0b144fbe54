/// The names of files that are still being written.
///
/// `.000017.png.9ae0e3f65c1b2d48.stipple-partial` is removed by whoever finds it without its lock.
/// `.noised.h5.1f0c…-9ae0….stipple-unfinished` waits for the command that it belongs to, and is removed
/// when the file whose name it bears is there. The digits before the suffix are random.
package enum PartialName {
  private static let partialSuffix = ".stipple-partial"
  private static let unfinishedSuffix = ".stipple-unfinished"
  /// A name may have 255 bytes.
  private static let headLength = 180

  /// A new name for the partial file of `name`.
  static func partial(of name: String) -> String { head(name) + random() + partialSuffix }

  /// A new name for a partial file of `name` that the same work is to find again.
  static func unfinished(of name: String, work: String) -> String {
    head(name) + work + "-" + random() + unfinishedSuffix
  }

  /// A new name for a folder in which names are tried.
  static func trial() -> String { "." + random() + ".stipple-trial" }

  /// Whether a file of this name is left over once nobody holds its lock.
  static func isPartial(_ fileName: String) -> Bool {
    fileName.hasPrefix(".") && fileName.hasSuffix(partialSuffix)
  }

  /// Whether a file of this name is unfinished work on `name`; nil stands for any work.
  static func isUnfinished(_ fileName: String, of name: String, work: String?) -> Bool {
    guard fileName.hasSuffix(unfinishedSuffix), fileName.hasPrefix(head(name)) else { return false }
    let middle = fileName.dropFirst(head(name).count).dropLast(unfinishedSuffix.count)
    let parts = middle.split(separator: "-", omittingEmptySubsequences: false)
    // Heads of long names are not whole: another file may have the same.
    guard parts.count == 2, !middle.contains(".") else { return false }
    return work.map { parts[0] == $0 } ?? (name.utf8.count <= headLength)
  }

  private static func head(_ name: String) -> String {
    "." + String(decoding: name.utf8.prefix(headLength), as: UTF8.self) + "."
  }

  private static func random() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
