internal import Files
internal import Foundation
package import SystemPackage

/// An image among the inputs.
package struct ImageFile: Hashable, Sendable {
  /// Where it is.
  package let path: FilePath
  /// Its place below the input folder it was found in; of a file given by itself, its name.
  package let relativePath: FilePath

  package init(path: FilePath, relativePath: FilePath) {
    self.path = path
    self.relativePath = relativePath
  }

  /// Its size in bytes; nil where the system does not say.
  package var byteCount: Int? { (try? FileStatus(path))?.size }

  /// Where its result goes below the output folder: its relative path, which ends in `.png` or `.apng`.
  package var outputPath: FilePath {
    guard let name = relativePath.lastComponent, !ImageFile.hasSuffix(name) else {
      return relativePath
    }
    // Appended rather than replaced, so that `a.x` and `a.y` stay apart.
    return relativePath.renamed(name.bytes + ".png".utf8)
  }

  /// The image with another place for its results: `a-2.png` for the second result of `a.png`, the first
  /// being `a.png`.
  package func variation(_ number: Int) -> ImageFile {
    guard number > 1, var name = outputPath.lastComponent?.bytes else { return self }
    let dot = name.lastIndex(of: UInt8(ascii: ".")) ?? name.count
    name.insert(contentsOf: "-\(number)".utf8, at: dot)
    return ImageFile(path: path, relativePath: outputPath.renamed(name))
  }

  /// Whether the file at `path` is named like a PNG.
  package static func isNamedLikeImage(_ path: FilePath) -> Bool {
    path.lastComponent.map(hasSuffix) == true
  }

  /// Whether a file is named like a PNG: `.png`, or `.apng` for animations.
  static func hasSuffix(_ name: FilePath.Component) -> Bool {
    ["png", "apng"].contains(name.`extension`?.lowercased())
  }
}

extension ImageFile: Codable {
  // The bytes as they are: names need not be UTF-8.
  package init(from decoder: any Decoder) throws {
    var paths = try decoder.unkeyedContainer()
    path = FilePath(bytes: Array(try paths.decode(Data.self)))
    relativePath = FilePath(bytes: Array(try paths.decode(Data.self)))
  }

  package func encode(to encoder: any Encoder) throws {
    var paths = encoder.unkeyedContainer()
    for path in [path, relativePath] { try paths.encode(Data(path.bytes)) }
  }
}

extension FilePath {
  fileprivate init(bytes: [UInt8]) {
    self = (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
    }
  }

  fileprivate var bytes: [UInt8] {
    withPlatformString { text in
      UnsafeRawBufferPointer(start: text, count: length).map { $0 }
    }
  }

  /// The path with another last component.
  fileprivate func renamed(_ name: [UInt8]) -> FilePath {
    removingLastComponent().appending(FilePath(bytes: name).components)
  }
}

extension FilePath.Component {
  /// The name as it is, which need not be UTF-8.
  var bytes: [UInt8] {
    withPlatformString { name in
      var bytes: [UInt8] = []
      while name[bytes.count] != 0 { bytes.append(UInt8(bitPattern: name[bytes.count])) }
      return bytes
    }
  }
}
