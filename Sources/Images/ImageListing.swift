package import Files
package import SystemPackage

/// Finds the images that a list of files and folders stands for.
///
/// Folders are searched recursively for names that end in `.png` in any case; hidden files and
/// foreign files are left alone. A file that is given by itself is taken whatever its name. What
/// only pretends to be an image is found too, and refused with its cause when it is read. Foreign files are
/// counted and told of.
///
/// Symbolic links are followed, but each folder is searched once, so that cycles end. A folder's
/// images come in natural order (`a2` before `a10`), after those of the inputs given before it.
package enum ImageListing {
  /// What was found.
  package struct Found: Sendable {
    /// The images, each path once.
    package var files: [ImageFile] = []
    /// Why folders below the inputs are left out, with their images.
    package var unlisted: [FileError] = []
  }

  /// All images of `inputs`, each path once.
  ///
  /// - Parameters:
  ///   - outputs: The folders that results will be written to; they are not searched.
  ///   - report: is told how many files are not named like images, where there are any.
  /// - Throws: An input that is missing or without images, or one that is among `outputs`.
  package static func images(
    in inputs: [FilePath], outputs: [FilePath], report: (String) -> Void = { _ in }
  ) throws(ImagesError) -> Found {
    let excluded = Set(outputs.compactMap { FileStatus($0)?.identity })
    var found = Found()
    var leftOut = LeftOutFiles()
    for input in inputs {
      guard let status = FileStatus(input) else {
        throw .system(FileError(input, "could not be read"))
      }
      if excluded.contains(status.identity) { throw .outputIsInput(input) }
      if status.kind == .folder {
        try add(&found, &leftOut, imagesIn: input, status.identity, excluding: excluded)
      } else {
        let name = input.lastComponent.map { FilePath(root: nil, [$0]) } ?? input
        found.files.append(ImageFile(path: input, relativePath: name))
      }
    }
    if let note = leftOut.note { report(note) }
    var seen: Set<FilePath> = []
    found.files.removeAll { !seen.insert($0.path.lexicallyNormalized()).inserted }
    return found
  }

  /// All images of `inputs`, each path once.
  ///
  /// - Parameters:
  ///   - output: The folder that results will be written to; it is not searched.
  ///   - report: is told how many files are not named like images, where there are any.
  package static func images(
    in inputs: [FilePath], output: FilePath? = nil, report: (String) -> Void = { _ in }
  ) throws(ImagesError) -> Found {
    try images(in: inputs, outputs: output.map { [$0] } ?? [], report: report)
  }

  /// Checks that no two images would have the same output, and that none is a file where another
  /// needs a folder.
  package static func checkOutputs(of files: [ImageFile]) throws(ImagesError) {
    var owners: [FilePath: FilePath] = [:]
    for file in files {
      let output = file.outputPath
      if let owner = owners.updateValue(file.path, forKey: output) {
        throw .sameOutput(owner, file.path, output: output)
      }
    }
    var checked: Set<FilePath> = []
    for file in files {
      var folder = file.outputPath.removingLastComponent()
      while !folder.isEmpty, checked.insert(folder).inserted {
        if let owner = owners[folder] {
          throw .outputNeedsFolder(owner, file.path, output: folder)
        }
        folder.removeLastComponent()
      }
    }
  }

  private static func add(
    _ found: inout Found, _ leftOut: inout LeftOutFiles, imagesIn input: FilePath,
    _ identity: FileIdentity, excluding outputs: Set<FileIdentity>
  ) throws(ImagesError) {
    var walk = FolderWalk(input, identity, excluding: outputs)
    try walk.run()
    if walk.files.isEmpty {
      if let error = walk.unlisted.first { throw .system(error) }
      throw walk.leftOut.count == 0
        ? .emptyFolder(input) : .noImages(input, otherFiles: walk.leftOut.count)
    }
    leftOut.add(walk.leftOut)
    let keyed = walk.files.map { file in
      (file: file, key: file.relativePath.components.map(\.bytes))
    }
    found.files += keyed.sorted { NaturalOrder.precedes($0.key, $1.key) }.map(\.file)
    found.unlisted += walk.unlisted
  }
}
