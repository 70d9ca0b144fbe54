internal import Checkpoints
internal import Files
internal import Images
internal import SystemPackage

/// Two images, between which frames are drawn.
struct InterpolationPair: Codable, Equatable {
  let a, b: FilePath
  /// Where the frames go below the output folder: the place and name of `a`.
  let folder: FilePath

  /// The pairs of two files, or of the images of two folders that have the same relative path.
  ///
  /// - Parameters:
  ///   - output: the folder for the frames, which is not searched.
  ///   - report: is told what is left out.
  /// - Returns: the pairs, and why images and folders have none.
  /// - Throws: `ImagesError`, or `InterpolationError` where there is no pair at all.
  static func find(
    _ a: FilePath, _ b: FilePath, output: FilePath, report: (String) -> Void
  ) throws -> (pairs: [InterpolationPair], leftOut: [any Error]) {
    let found = try [a, b].map { input in
      try ImageListing.images(in: [input], output: output) { report("\(input): \($0)") }
    }
    var first = found[0]
    let second = found[1]
    let known = Set(first.files.map(\.relativePath))
    first.leaveOutRefused(in: [output], result: folder(of:))
    guard Folders.isFolder(a) == Folders.isFolder(b) else {
      throw InterpolationError.fileAndFolder(a, b)
    }
    guard Folders.isFolder(a) else {
      if let refused = first.unlisted.first { throw refused }
      return ([InterpolationPair(a: a, b: b, folder: folder(of: first.files[0]))], [])
    }
    let partners = Dictionary(
      second.files.map { ($0.relativePath, $0.path) }, uniquingKeysWith: { old, _ in old })
    var pairs: [InterpolationPair] = []
    var leftOut: [any Error] = first.unlisted + second.unlisted
    var owners: [FilePath: FilePath] = [:]
    for file in first.files {
      guard let partner = partners[file.relativePath] else {
        leftOut.append(
          InterpolationError.unpaired(file.path, missing: b.pushing(file.relativePath)))
        continue
      }
      let folder = folder(of: file)
      if let owner = owners.updateValue(file.path, forKey: folder) {
        throw ImagesError.sameOutput(owner, file.path, output: folder)
      }
      pairs.append(InterpolationPair(a: file.path, b: partner, folder: folder))
    }
    for file in second.files where !known.contains(file.relativePath) {
      leftOut.append(InterpolationError.unpaired(file.path, missing: a.pushing(file.relativePath)))
    }
    if pairs.isEmpty { throw InterpolationError.noPairs(a, b) }
    return (pairs, leftOut)
  }

  private static func folder(of file: ImageFile) -> FilePath {
    var folder = file.outputPath
    folder.extension = nil
    return folder
  }
}

/// Why there are no frames between two images.
enum InterpolationError: Error, Equatable, CustomStringConvertible {
  case unpaired(FilePath, missing: FilePath)
  case noPairs(FilePath, FilePath)
  case fileAndFolder(FilePath, FilePath)
  /// Of the frames.
  case nameTooLong(FilePath)

  /// `<path>: <what failed>: <cause>[; <way out>]`.
  var description: String {
    switch self {
    case .unpaired(let path, let missing): "\(path): has no partner: there is no \(missing)"
    case .noPairs(let a, let b):
      "\(a): has no image with the same name as in \(b); paired images need the same name"
    case .fileAndFolder(let a, let b):
      "\(a): cannot be paired with \(b): one is a file, the other a folder"
    case .nameTooLong(let path): "\(path): its frames' names would be too long"
    }
  }
}
