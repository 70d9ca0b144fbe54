package import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a path leads, whatever way it is written.
package struct Place: Equatable, Sendable {
  /// What is at a place.
  package enum Content: Sendable {
    case nothing, file, folder
    /// A pipe, a device, or a link that leads nowhere.
    case other
  }

  /// The path from the root, without links, `.` and `..`, as far as there is anything, by the names that
  /// folders list; the rest as it is. One from a current folder that has been removed is as it was given.
  package let path: FilePath
  /// What is there.
  package let content: Content

  /// Follows `path`.
  package init(_ path: FilePath) {
    self.path = Self.resolved(path)
    content = Self.content(of: path)
  }

  /// Whether both lead to the same, also where nothing is there yet and the file system takes their names
  /// for one.
  package func isSame(as other: Place) -> Bool {
    path.components.count == other.path.components.count && begins(like: other)
  }

  /// Whether this is somewhere below `folder`.
  package func isInside(_ folder: Place) -> Bool {
    path.components.count > folder.path.components.count && begins(like: folder)
  }

  /// Whether the way here begins with the way to `other`.
  private func begins(like other: Place) -> Bool {
    if path.starts(with: other.path) { return true }
    let (own, others) = (path.components, other.path.components)
    guard zip(own, others).allSatisfy({ FileNames.folded($0) == FileNames.folded($1) }) else {
      return false
    }
    let shared = zip(own, others).prefix { $0 == $1 }.map(\.0)
    let trial = NameTrial(in: FilePath(root: path.root, shared))
    guard let trial else { return false }
    return zip(own, others).allSatisfy { trial.areOne($0, $1) }
  }

  /// The nearest folder above that is there, or what there is instead of a folder.
  package var base: Place {
    let parent = Place(path.removingLastComponent())
    return parent.content == .nothing && parent.path != path ? parent.base : parent
  }

  /// Whether this is a file without a byte.
  package var isEmptyFile: Bool {
    var status = stat()
    return content == .file && path.withPlatformString({ stat($0, &status) }) == 0
      && status.st_size == 0
  }

  /// Whether files may be made in this folder.
  package var isWritable: Bool { path.withPlatformString { access($0, W_OK) } == 0 }

  private static func resolved(_ path: FilePath) -> FilePath {
    var head = path.isEmpty ? FilePath(".") : path
    var rest: [FilePath.Component] = []
    while true {
      if let real = head.withPlatformString({ realpath($0, nil) }) {
        defer { free(real) }
        var path = asListed(FilePath(platformString: real))
        path.append(rest)
        return path.lexicallyNormalized()
      }
      // Of a current folder that has been removed there is no path.
      guard head != ".", let last = head.lastComponent else { return path }
      rest.insert(last, at: 0)
      head.removeLastComponent()
      if head.isEmpty { head = "." }
    }
  }

  private static func asListed(_ path: FilePath) -> FilePath {
    var listed = FilePath(root: path.root, [])
    for name in path.components { listed.append(FileNames.listed(name, in: listed)) }
    return listed
  }

  private static func content(of path: FilePath) -> Content {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      return path.withPlatformString({ lstat($0, &status) }) == 0 ? .other : .nothing
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }
}
