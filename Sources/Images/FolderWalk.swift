internal import Files
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One search of a folder and all below it.
struct FolderWalk {
  /// The images found, in no order.
  package private(set) var files: [ImageFile] = []
  /// Files that are visible and not named like images.
  private(set) var leftOut = LeftOutFiles()
  /// Folders of training runs below the searched one, whose pictures are not images to work on.
  private(set) var runs: [FilePath] = []
  /// Folders below the searched one that could not be listed, or not to their end.
  private(set) var unlisted: [FileError] = []

  private let root: FilePath
  private var pending: [FilePath] = [FilePath()]
  /// Folders behind symbolic links, of which the first `followed` have been searched. They come
  /// after all others, so that a folder that can be reached both ways keeps its own name.
  private var linked: [FilePath] = []
  private var followed = 0
  private var visited: Set<FileIdentity>
  private let excluded: Set<FileIdentity>

  init(_ root: FilePath, _ identity: FileIdentity, excluding excluded: Set<FileIdentity>) {
    self.root = root
    visited = [identity]
    self.excluded = excluded
  }

  /// Searches everything.
  ///
  /// - Throws: Why the folder itself cannot be listed; others are left out.
  package mutating func run() throws(ImagesError) {
    while true {
      if let folder = pending.popLast() {
        do throws(FileError) {
          try list(folder)
        } catch {
          if folder.isEmpty { throw .system(error) }
          unlisted.append(error)
        }
      } else if followed < linked.count {
        visit(linked[followed])
        followed += 1
      } else {
        return
      }
    }
  }

  /// Lists one folder, given relative to the root.
  private mutating func list(_ folder: FilePath) throws(FileError) {
    let path = folder.isEmpty ? root : root.appending(folder.components)
    guard let stream = path.withPlatformString({ opendir($0) }) else {
      throw FileError(path, "could not be listed")
    }
    defer { closedir(stream) }
    var folders: [FilePath.Component] = []
    var links: [FilePath.Component] = []
    var (images, others): ([FilePath], [FilePath.Component]) = ([], [])
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      guard let (name, type) = Self.nameAndType(of: entry) else { continue }
      let relative = folder.appending(name)
      guard let isFolder = isFolder(relative, type) else { continue }
      if isFolder {
        if type == UInt8(DT_LNK) { links.append(name) } else { folders.append(name) }
      } else if ImageFile.hasSuffix(name) {
        images.append(relative)
      } else {
        others.append(name)
      }
    }
    let cause = errno
    if !folder.isEmpty, others.contains("config.yaml"), folders.contains("checkpoints") {
      runs.append(folder)
      return
    }
    files += images.map {
      ImageFile(path: root.appending($0.components), relativePath: $0)
    }
    for name in others { leftOut.add(name) }
    // In an order of names, so that which path a folder is found by is no chance.
    for name in Self.sorted(folders) { visit(folder.appending(name)) }
    linked += Self.sorted(links).map { folder.appending($0) }
    // What was listed until then is found all the same.
    errno = cause
    if cause != 0 { throw FileError(path, "could not be listed to its end") }
  }

  /// Nil where the system does not say.
  private mutating func isFolder(_ relative: FilePath, _ type: UInt8) -> Bool? {
    if type == UInt8(DT_DIR) { return true }
    guard type == UInt8(DT_LNK) || type == UInt8(DT_UNKNOWN) else { return false }
    do throws(FileError) {
      // A link that leads nowhere counts as a file: reading it says why.
      return try FileStatus(ifThere: root.appending(relative.components))?.kind == .folder
    } catch {
      // So does what is named like an image.
      if relative.lastComponent.map(ImageFile.hasSuffix) == true { return false }
      unlisted.append(error)
      return nil
    }
  }

  private static func sorted(_ names: [FilePath.Component]) -> [FilePath.Component] {
    names.sorted { NaturalOrder.precedes($0.bytes, $1.bytes) }
  }

  /// Queues a folder unless it was searched already, or is the excluded one.
  private mutating func visit(_ folder: FilePath) {
    do throws(FileError) {
      // What has gone since it was listed is no loss.
      guard let identity = try FileStatus(ifThere: root.appending(folder.components))?.identity,
        !excluded.contains(identity), visited.insert(identity).inserted
      else { return }
      pending.append(folder)
    } catch {
      unlisted.append(error)
    }
  }

  /// The entry's name, or nil where it is hidden.
  private static func nameAndType(of entry: UnsafeMutablePointer<dirent>)
    -> (FilePath.Component, UInt8)?
  {
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
    if name[0] == 0x2e { return nil }
    guard let component = FilePath.Component(platformString: name) else { return nil }
    return (component, entry.pointee.d_type)
  }
}
