internal import Files
package import Images
package import SystemPackage

/// A folder of results, one for each image, that mirrors the folders in which the images are.
package struct MirroredFolder: Sendable {
  package let path: FilePath
  /// Whether other results that are there may be replaced.
  var overwrites = false

  package init(path: FilePath, overwrites: Bool = false) {
    self.path = path
    self.overwrites = overwrites
  }

  /// The images of files, and of folders that are searched recursively, each with a place of its own here.
  ///
  /// - Parameters:
  ///   - others: what is not searched beside this folder.
  ///   - twin: another folder with an output for each image, which is not searched either.
  ///   - report: is told what is left out.
  package func images(
    of inputs: [FilePath], notIn others: [FilePath] = [], twin: FilePath? = nil,
    report: (String) -> Void
  ) throws -> ImageListing.Found {
    let folders = [path] + (twin.map { [$0] } ?? [])
    var found = try ImageListing.images(in: inputs, outputs: folders + others, report: report)
    found.leaveOutRefused(in: folders)
    try ImageListing.checkOutputs(of: found.files, in: folders)
    return found
  }

  /// Where the result of an image goes.
  package func path(of file: ImageFile) -> FilePath { path.pushing(file.outputPath) }

  /// Whether the result of an image can be a file: names end at 255 bytes, paths at 4095.
  package func hasRoom(for file: ImageFile) -> Bool {
    let path = path(of: file)
    let name = path.lastComponent.map { FilePath(root: nil, [$0]).length } ?? 0
    return name <= 255 && path.length <= 4095
  }

  /// Makes sure that the result of an image would not be the image itself.
  package func requireOther(than file: ImageFile) throws {
    guard let found = try FileStatus(ifThere: path(of: file)) else { return }
    if try found.identity == FileStatus(file.path).identity {
      throw OutputError.isInput(path(of: file))
    }
  }

  /// Whether there is no result of an image.
  ///
  /// - Parameters:
  ///   - expected: how the result is made.
  ///   - end: the fact before which it has to agree with that; nil where all facts have to.
  /// - Throws: `OutputError.otherImage` where there is another.
  package func isMissing(
    _ file: ImageFile, _ expected: Provenance, before end: String? = nil
  ) throws -> Bool {
    try requireOther(than: file)
    return try expected.found(at: path(of: file), before: end, overwriting: overwrites) == nil
  }

  /// Makes the folder that the result of an image goes to.
  package func makeFolder(for file: ImageFile) throws {
    try Folders.make(path)
    try Folders.make(file.outputPath.removingLastComponent(), below: path)
  }
}

extension ImageFile {
  /// A number below 2^32 that follows from the image's place below its input folder alone, so that its
  /// noise is the same whatever other images there are.
  package var noiseIndex: Int {
    let hash = FNV1a.hash(relativePath.string.utf8)
    return Int(UInt32(truncatingIfNeeded: hash ^ hash >> 32))
  }
}
