internal import Files
internal import SystemPackage

/// Why bytes of a file cannot be understood, before it is said of what.
enum Problem: Error {
  /// A checksum does not match.
  case checksum
  /// An address or length that leads out of the file.
  case outside
  /// What is there contradicts itself or the format; the words complete "its ... ".
  case malformed(String)
  /// Something that the format allows and that is not read here.
  case unread(String)
  /// The system could not read.
  case system(Errno)
}

extension HDF5Error {
  /// What is said of a problem where `failure` came of it.
  init(path: FilePath, _ failure: String, _ problem: Problem) {
    let path = path.string
    switch problem {
    case .checksum: self = .damaged(path: path, failure: failure)
    case .outside:
      self = .failed(
        path: path, failure: failure, cause: "it leads out of the file; the file is damaged")
    case .malformed(let what):
      self = .failed(path: path, failure: failure, cause: "\(what); the file is damaged")
    case .unread(let what):
      self = .failed(path: path, failure: failure, cause: "\(what), which is not read")
    case .system(let errno):
      self = .failed(path: path, failure: failure, cause: errno.description)
    }
  }
}
