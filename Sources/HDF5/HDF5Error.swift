package import Files

/// Why an HDF5 file could not be read or written. Objects are named as in "dataset /model/a".
package enum HDF5Error: Error, Equatable, Sendable {
  /// The file does not begin as HDF5 files do.
  case notHDF5(path: String)
  /// The file ends before its own structure says.
  case truncated(path: String)
  /// A checksum is wrong; `failure` says what could not be read.
  case damaged(path: String, failure: String)
  /// A call of the C library failed, with the system's cause where there is one.
  case failed(path: String, failure: String, cause: String)
  /// There is no such group, dataset or attribute.
  case missing(path: String, object: String)
  /// A group stands where a dataset should be, or the like.
  case wrongKind(path: String, object: String, expected: String)
  /// A soft, external or user-defined link, which are never followed.
  case link(path: String, name: String, kind: String)
  /// A group that has two names, one of which may lie inside it.
  case loop(path: String, object: String)
  /// Data that lie elsewhere: "external" or "virtual".
  case elsewhere(path: String, object: String, kind: String)
  /// A filter other than deflate, shuffle and Fletcher32.
  case filter(path: String, object: String, number: Int)
  /// Numbers where text should be, or the like.
  case wrongType(path: String, object: String, found: String, expected: String)
  /// Another shape than the reader needs.
  case wrongShape(path: String, object: String, found: [Int], expected: [Int])
  /// A shape that the bytes in the file cannot fill.
  case hollow(path: String, object: String, shape: [Int], bytes: Int)
  /// A file of which some call failed is never published.
  case condemned(path: String, cause: String)
  /// The finished file could not get its name.
  case publishing(FileError)
}

extension HDF5Error {
  /// What the C library's stack says about a failure.
  init(path: String, failure: String, stack: ErrorStack) {
    if stack.mentions("file signature not found") {
      self = .notHDF5(path: path)
    } else if stack.mentions("truncated file") || stack.mentions("addr overflow") {
      self = .truncated(path: path)
    } else if stack.mentions("checksum") {
      self = .damaged(path: path, failure: failure)
    } else {
      self = .failed(path: path, failure: failure, cause: stack.cause)
    }
  }
}

extension HDF5Error {
  /// The name of a file that was to be new, where something has got it.
  package var takenName: String? {
    guard case .publishing(let error) = self, error.isCollision else { return nil }
    return "\(error.path)"
  }
}

extension HDF5Error: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  package var description: String {
    switch self {
    case .notHDF5(let path):
      "\(path): is not an HDF5 file"
    case .truncated(let path):
      "\(path): is truncated; copy or create it again"
    case .damaged(let path, let failure):
      "\(path): \(failure): a checksum does not match; the file is damaged"
    case .failed(let path, let failure, let cause):
      "\(path): \(failure): \(cause)"
    case .missing(let path, let object):
      "\(path): has no \(object)"
    case .wrongKind(let path, let object, let expected):
      "\(path): \(object) is not a \(expected)"
    case .link(let path, let name, let kind):
      "\(path): \(name) is \(kind) link, which is not followed"
    case .loop(let path, let object):
      "\(path): \(object) has two names or holds itself, and is not followed"
    case .elsewhere(let path, let object, let kind):
      "\(path): \(object) is \(kind): its data lie in other files, which are not read"
    case .filter(let path, let object, let number):
      "\(path): \(object) is packed with filter \(number); only deflate, shuffle and Fletcher32 "
        + "are read"
    case .wrongType(let path, let object, let found, let expected):
      "\(path): \(object) holds \(found), expected \(expected)"
    case .wrongShape(let path, let object, let found, let expected):
      "\(path): \(object) has shape \(Self.text(found)), expected \(Self.text(expected))"
    case .hollow(let path, let object, let shape, let bytes):
      "\(path): \(object) claims shape \(Self.text(shape)), which its \(bytes) stored bytes "
        + "cannot hold; the file is damaged or unfinished"
    case .condemned(let path, let cause):
      "\(path): was discarded, because it could not be written completely: \(cause)"
    case .publishing(let error):
      error.description
    }
  }

  /// `64 x 3 x 3 x 3`, or `()` for a single number.
  package static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "()" : shape.map(String.init).joined(separator: " x ")
  }
}

extension HDF5Error {
  /// What failed and why, without the path.
  var cause: String {
    switch self {
    case .failed(_, let failure, let cause): "\(failure): \(cause)"
    case .damaged(_, let failure): "\(failure): a checksum does not match"
    default: description
    }
  }
}
