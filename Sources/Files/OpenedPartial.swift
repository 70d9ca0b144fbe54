internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A partial file whose lock this process has got.
struct OpenedPartial {
  let path: FilePath
  let descriptor: FileDescriptor
  let lock: FileLock
  /// In bytes.
  let size: Int
  /// Whether it belongs to this user and has no other name, so that it may be written to.
  let isOwn: Bool

  private init(
    path: FilePath, descriptor: FileDescriptor, lock: FileLock, size: Int, isOwn: Bool
  ) {
    (self.path, self.descriptor, self.lock, self.size, self.isOwn) =
      (path, descriptor, lock, size, isOwn)
  }

  /// A file that was just created; nil where somebody else has got the lock, or has removed the file.
  init?(created file: FileDescriptor, at path: FilePath) {
    guard let lock = FileLock(new: file) else { return nil }
    guard FileIdentity(of: file) == FileIdentity(at: path) else {
      lock.release()
      return nil
    }
    (self.path, descriptor, self.lock, size, isOwn) = (path, file, lock, 0, true)
  }

  /// A file that was found; nil where somebody has the lock, or what is there is no file, or has gone meanwhile.
  init?(claiming path: FilePath) {
    // Without `.nonBlocking`, opening a pipe would wait for ever.
    let options: FileDescriptor.OpenOptions = [.noFollow, .nonBlocking, .closeOnExec]
    guard
      let file = (try? FileDescriptor.open(path, .readWrite, options: options))
        ?? (try? FileDescriptor.open(path, .readOnly, options: options))
    else { return nil }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let lock = FileLock(existing: file, in: path.removingLastComponent())
    else {
      try? file.close()
      return nil
    }
    guard FileIdentity(of: file) == FileIdentity(at: path) else {
      lock.release()
      try? file.close()
      return nil
    }
    self.path = path
    descriptor = file
    self.lock = lock
    size = Int(status.st_size)
    let mode = fcntl(file.rawValue, F_GETFL) & O_ACCMODE
    isOwn = status.st_uid == geteuid() && status.st_nlink == 1 && mode == O_RDWR
  }

  /// The same file by a new name, where only its time says that it is this process's: of two that take it
  /// over at once, one alone can rename it. Nil for the other.
  func taken(as name: String) -> OpenedPartial? {
    guard lock.isByTime else { return self }
    // By either name it is fresh from now on.
    _ = futimens(descriptor.rawValue, nil)
    let new = path.removingLastComponent().appending(name)
    guard (try? Folders.rename(path, ifFree: new)) != nil else { return nil }
    return OpenedPartial(path: new, descriptor: descriptor, lock: lock, size: size, isOwn: isOwn)
  }

  func close() {
    lock.release()
    try? descriptor.close()
  }
}
