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
  package struct Found: Codable, Sendable {
    /// The images, each path once.
    package var files: [ImageFile] = []
    /// Why folders below the inputs are left out, with their images, and images whose results the file
    /// system would not have.
    package var unlisted: [FileError] = []

    /// Nothing.
    package init() {}

    /// Leaves out images whose results can have no place in any of some folders, because the file system
    /// refuses their names.
    ///
    /// - Parameter result: where an image's result goes below the folders.
    package mutating func leaveOutRefused(
      in folders: [FilePath], result: (ImageFile) -> FilePath = { $0.outputPath }
    ) {
      for folder in folders {
        var trial: NameTrial?
        var known: [FilePath.Component: Bool] = [:]
        files.removeAll { file in
          for name in result(file).components where FileNames.isOdd(name) {
            // Longer ones are left out when their turn comes.
            guard name.bytes.count <= 255 else { continue }
            if known[name] == nil {
              if trial == nil { trial = NameTrial(in: folder) }
              known[name] = trial?.isRefused(name) ?? false
            }
            guard known[name] == true else { continue }
            unlisted.append(
              FileError(
                file.path, "cannot have a result in \(folder)",
                cause: "the file system there does not allow the name \(name.string)"))
            return true
          }
          return false
        }
      }
    }
  }

  /// All images of `inputs`, each path once.
  ///
  /// - Parameters:
  ///   - outputs: The folders that results will be written to; they are not searched.
  ///   - report: is told how many files are not named like images, where there are any.
  /// - Throws: An input that is missing or without images, one that is among `outputs`, or that there is none.
  package static func images(
    in inputs: [FilePath], outputs: [FilePath], report: (String) -> Void = { _ in }
  ) throws(ImagesError) -> Found {
    if inputs.isEmpty { throw .noInputs }
    let excluded: Set<FileIdentity>
    do throws(FileError) {
      excluded = try identities(of: outputs)
    } catch {
      throw .system(error)
    }
    var found = Found()
    var leftOut = LeftOutFiles()
    var runs: [FilePath] = []
    for input in inputs {
      let status: FileStatus
      do throws(FileError) {
        status = try FileStatus(input)
      } catch {
        throw .system(FileError(input, "could not be read"))
      }
      if excluded.contains(status.identity) { throw .outputIsInput(input) }
      if status.kind == .folder {
        try add(&found, &leftOut, &runs, imagesIn: input, status.identity, excluding: excluded)
      } else {
        let name = input.lastComponent.map { FilePath(root: nil, [$0]) } ?? input
        found.files.append(ImageFile(path: input, relativePath: name))
      }
    }
    if let note = leftOut.note { report(note) }
    for run in runs { report("left out \(run), the folder of a training run") }
    var seen: Set<FilePath> = []
    found.files.removeAll { !seen.insert($0.path.lexicallyNormalized()).inserted }
    return found
  }

  /// What is there of some files and folders.
  private static func identities(of paths: [FilePath]) throws(FileError) -> Set<FileIdentity> {
    var found: Set<FileIdentity> = []
    for path in paths {
      // By the name that the walk will find: not all file systems number files the same by another one.
      if let status = try FileStatus(ifThere: Place(path).path) { found.insert(status.identity) }
    }
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

  private static func add(
    _ found: inout Found, _ leftOut: inout LeftOutFiles, _ runs: inout [FilePath],
    imagesIn input: FilePath,
    _ identity: FileIdentity, excluding outputs: Set<FileIdentity>
  ) throws(ImagesError) {
    var walk = FolderWalk(input, identity, excluding: outputs)
    try walk.run()
    if walk.files.isEmpty {
      if let error = walk.unlisted.first { throw .system(error) }
      if let run = walk.runs.first { throw .onlyRuns(input, input.appending(run.components)) }
      throw walk.leftOut.count == 0
        ? .emptyFolder(input) : .noImages(input, others: walk.leftOut)
    }
    leftOut.add(walk.leftOut)
    runs += walk.runs.map { input.appending($0.components) }
    let keyed = walk.files.map { file in
      (file: file, key: file.relativePath.components.map(\.bytes))
    }
    found.files += keyed.sorted { NaturalOrder.precedes($0.key, $1.key) }.map(\.file)
    found.unlisted += walk.unlisted
  }
}
