internal import Files
internal import SystemPackage

/// Finds files of the same bytes.
enum Duplicates {
  private struct Content: Hashable {
    let size: Int
    let hash: UInt64
  }

  /// Each file that has an earlier one's bytes, with the first one that has them: a link is the copy of its file.
  ///
  /// Only files of equal size are read, and compared by a 64-bit hash.
  ///
  /// - Parameter shouldStop: asked before each file; what was found until then is the answer.
  static func find(
    in files: some Collection<ImageFile>, shouldStop: () -> Bool = { false }
  ) -> [(image: FilePath, first: FilePath)] {
    let sizes = files.map { (try? FileStatus($0.path))?.size ?? -1 }
    var counts: [Int: Int] = [:]
    for size in sizes { counts[size, default: 0] += 1 }

    let some = zip(files, sizes).filter { $1 >= 0 && counts[$1, default: 0] > 1 }
    let byKind = Dictionary(grouping: some) { FileStatus.isLink($0.0.path) }
    var firsts: [Content: FilePath] = [:]
    var found: [(image: FilePath, first: FilePath)] = []
    for (file, size) in byKind[false, default: []] + byKind[true, default: []] {
      if shouldStop() { break }
      // What cannot be read, other work reports.
      guard let hash = try? FNV1a.hash(ofFile: file.path) else { continue }
      let content = Content(size: size, hash: hash)
      if let first = firsts[content] {
        found.append((file.path, first))
      } else {
        firsts[content] = file.path
      }
    }
    return found
  }
}
