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
    let links = some.map { FileStatus.isLink($0.0.path) }
    let ordered = zip(some, links).filter { !$1 } + zip(some, links).filter { $1 }
    var firsts: [Content: FilePath] = [:]
    var found: [(image: FilePath, first: FilePath)] = []
    for ((file, size), _) in ordered {
      if shouldStop() { break }
      guard let hash = hash(of: file.path) else { continue }
      let content = Content(size: size, hash: hash)
      if let first = firsts[content] {
        found.append((file.path, first))
      } else {
        firsts[content] = file.path
      }
    }
    return found
  }

  /// The hash of a file's bytes, or nil where they cannot be read: other work reports that.
  private static func hash(of path: FilePath) -> UInt64? {
    guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else {
      return nil
    }
    defer { try? descriptor.close() }
    return withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) { buffer in
      var hash = FNV1a.basis
      while let count = try? descriptor.read(into: buffer) {
        if count == 0 { return hash }
        hash = FNV1a.hash(buffer.prefix(count), from: hash)
      }
      return nil
    }
  }
}
