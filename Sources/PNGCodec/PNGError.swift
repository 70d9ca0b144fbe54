package import Files
package import SystemPackage
internal import Text

/// Why a PNG file was not read or written.
package enum PNGError: Error, Equatable, Sendable {
  /// The system refused to open, read or write it.
  case system(FileError)
  /// A folder, a pipe or a device where a file should be.
  case notAFile(FilePath, kind: String)
  /// Not one byte.
  case empty(FilePath)
  /// Something else than a PNG; `content` says what, where that can be told.
  case notPNG(FilePath, content: String?)
  /// The file ends inside the named chunk, or, with nil, between two.
  case cutShort(FilePath, chunk: String?)
  /// The chunk's bytes are not the ones that were written.
  case wrongChecksum(FilePath, chunk: String)
  /// Past the limits.
  case tooLarge(FilePath, width: Int, height: Int, limits: PNGLimits)
  /// More pixels than so few bytes can hold, however well compressed.
  case implausible(FilePath, width: Int, height: Int, bytes: Int)
  /// libpng's message.
  case damaged(FilePath, String)
  /// libpng's message on an image that it would not write.
  case notEncoded(FilePath, String)
  /// No memory for the decoder or encoder.
  case outOfMemory(FilePath)

  /// The file concerned.
  package var path: FilePath {
    switch self {
    case .system(let error): error.path
    case .notAFile(let path, _), .empty(let path), .notPNG(let path, _), .cutShort(let path, _),
      .wrongChecksum(let path, _), .tooLarge(let path, _, _, _), .implausible(let path, _, _, _),
      .damaged(let path, _), .notEncoded(let path, _), .outOfMemory(let path):
      path
    }
  }

  /// How pictures of other formats become PNG files.
  package static func conversion(_ what: String, _ words: String) -> String {
    "; convert \(what) first, for example with ImageMagick: magick mogrify -format png \(words)"
  }

  /// The cause without the path.
  package var cause: String {
    switch self {
    case .system(let error): "\(error.failure): \(error.cause)"
    case .notAFile(_, let kind): "not read: it is \(kind), not a file"
    case .empty: "not a PNG: the file is empty"
    case .notPNG(let path, let content?):
      "not a PNG: \(content)"
        + (content.hasSuffix(" image") ? Self.conversion("it", ShellWord.quoted(path.string)) : "")
    case .notPNG(_, nil): "not a PNG: it does not begin with PNG's signature"
    case .cutShort(_, let chunk?): "broken PNG: the file ends within its \(chunk) chunk"
    case .cutShort(_, nil): "broken PNG: the file ends before its IEND chunk"
    case .wrongChecksum(_, let chunk): "broken PNG: its \(chunk) chunk has a wrong checksum"
    case .tooLarge(_, let width, let height, let limits):
      "not read: \(width) x \(height) pixels are more than the limit of \(limits.pixels) pixels; "
        + "raise it with `max-pixels`"
    case .implausible(_, let width, let height, let bytes):
      "broken PNG: \(width) x \(height) pixels cannot come from \(bytes) bytes"
    case .damaged(_, let message): "broken PNG: \(message)"
    case .notEncoded(_, let message): "could not be written: \(message)"
    case .outOfMemory: "not read: out of memory"
    }
  }
}

extension PNGError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>`.
  package var description: String { "\(path): \(cause)" }
}
