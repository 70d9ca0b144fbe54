package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What file systems make of names: some take two names for one, and some refuse names that others have.
///
/// exFAT, NTFS, APFS and folders of ext4 with casefold do not tell `A.png` from `a.png`; FAT drops dots and
/// spaces at the end. What a folder does is found by trial, and only where names give a reason.
package enum FileNames {
  /// Equal for all names that some file system takes for one: by case, by the form of accents, or by what
  /// they end in.
  package static func folded(_ name: FilePath.Component) -> String {
    // By way of upper case, where ß is SS.
    let text = name.string.uppercased().lowercased()
    let end = text.lastIndex { $0 != "." && $0 != " " }
    return end.map { String(text[...$0]) } ?? text
  }

  /// Whether some file system may refuse a name that others have.
  package static func isOdd(_ name: FilePath.Component) -> Bool {
    let text = name.string
    return text.utf8.count > longest || text.hasSuffix(".") || text.hasSuffix(" ")
      || text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f || odd.contains($0) }
      || devices.contains(folded(name).prefix { $0 != "." }.lowercased())
  }

  /// Names of this many bytes are allowed everywhere; eCryptfs has 143.
  private static let longest = 140
  /// What Windows reserves, and the mark for bytes that are not UTF-8.
  private static let odd = Set("<>:\"|?*\\\u{fffd}".unicodeScalars)
  private static let devices = Set(
    ["con", "prn", "aux", "nul"] + (1...9).flatMap { ["com\($0)", "lpt\($0)"] })

  /// The name of something in `folder` as the folder lists it, where it is found under another too.
  static func listed(_ name: FilePath.Component, in folder: FilePath) -> FilePath.Component {
    guard let other = otherCase(name), isThere(folder.appending(other)),
      let names = try? Folders.names(in: folder), !names.contains(name.string)
    else { return name }
    return names.lazy.compactMap { FilePath.Component($0) }.first { folded($0) == folded(name) }
      ?? name
  }

  private static func otherCase(_ name: FilePath.Component) -> FilePath.Component? {
    let text = name.string
    let other = text.lowercased() == text ? text.uppercased() : text.lowercased()
    return other == text ? nil : FilePath.Component(other)
  }

  static func isThere(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { lstat($0, &status) } == 0
  }
}

/// An empty folder for the trial of names, which is removed at the end.
package struct NameTrial: ~Copyable {
  private let folder: FilePath

  /// Makes it in `parent`, or in the nearest folder above that is there; nil where none can be made.
  package init?(in parent: FilePath) {
    let place = Place(parent)
    let base = place.content == .folder ? place.path : place.base.path
    folder = base.appending(PartialName.trial())
    guard folder.withPlatformString({ mkdir($0, 0o700) }) == 0 else { return nil }
  }

  deinit { _ = folder.withPlatformString { rmdir($0) } }

  /// Whether a file is found under both names.
  package func areOne(_ a: FilePath.Component, _ b: FilePath.Component) -> Bool {
    if a == b { return true }
    guard FileNames.folded(a) == FileNames.folded(b) else { return false }
    return made(a) { FileNames.isThere(folder.appending(b)) } ?? false
  }

  /// Whether all of one path's components are found under those of the other.
  package func areOne(_ a: FilePath, _ b: FilePath) -> Bool {
    a.components.count == b.components.count
      && zip(a.components, b.components).allSatisfy { areOne($0, $1) }
  }

  /// Whether no file can have a name, though one can have another.
  package func isRefused(_ name: FilePath.Component) -> Bool {
    made(name) { true } == nil && made("a") { true } != nil
  }

  /// Makes a file, and removes it again; nil where none can be made.
  private func made(_ name: FilePath.Component, _ body: () -> Bool) -> Bool? {
    let path = folder.appending(name)
    guard
      let file = try? FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: .everyone)
    else { return nil }
    try? file.close()
    defer { _ = path.withPlatformString { unlink($0) } }
    return body()
  }
}
