internal import Files
internal import Images
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a command reads and writes, compared before any work: no output replaces an input, another output,
/// or a file that is not Stipple's own of that kind.
///
/// What the results in a folder are, and whether a picture or a file of tensors is of the same settings,
/// their jobs compare.
public struct OutputGate {
  private struct Output {
    let option: String
    let path: FilePath
    let kind: OutputKind
    let place: Place
    /// Whether it has its place in another output.
    let isPart: Bool
  }

  private let overwrites: Bool
  private let images: [FilePath]
  private let others: [FilePath]
  private var outputs: [Output] = []

  /// Checks the outputs of a command against its inputs.
  ///
  /// - Parameters:
  ///   - overwriting: whether files that are not Stipple's own of their kind may be replaced.
  ///   - images: the command's images, files and folders.
  ///   - others: what else it reads: checkpoints, run folders, names of models, tensors, settings.
  public init(overwriting: Bool, images: [FilePath?] = [], others: [FilePath?] = []) {
    overwrites = overwriting
    self.images = images.compactMap(\.self)
    let catalog = ModelCatalog.standard
    self.others = others.compactMap(\.self).map { (try? catalog.path(of: $0)) ?? $0 }
  }

  /// Adds an output, if there is one.
  ///
  /// - Parameters:
  ///   - option: what a user gives it by: `--csv`.
  ///   - isPart: whether it has its place in another output.
  public mutating func add(
    _ option: String, _ path: FilePath?, _ kind: OutputKind, isPart: Bool = false
  ) {
    guard let path else { return }
    outputs.append(
      Output(option: option, path: path, kind: kind, place: Place(path), isPart: isPart))
  }

  /// Compares everything.
  public func check() throws(OutputError) {
    for output in outputs {
      if output.kind.isFolder { try checkFolder(output) } else { try checkFile(output) }
    }
    let apart = outputs.filter { !$0.isPart }
    for (number, output) in apart.enumerated() {
      for other in apart[..<number] { try checkApart(output, other) }
    }
  }

  /// Removes what is replaced though a job would add to it: of the parts of a folder, files that are not
  /// Stipple's own.
  public func removeForeignParts() {
    for output in outputs where output.isPart && output.place.content == .file {
      if overwrites, !output.kind.isOwn(output.path) {
        _ = output.path.withPlatformString { unlink($0) }
      }
    }
  }

  private func checkApart(_ output: Output, _ other: Output) throws(OutputError) {
    if output.place.isSame(as: other.place) {
      throw .same(output.path, other.option, output.option)
    }
    for (inner, outer) in [(output, other), (other, output)]
    where inner.place.isInside(outer.place) {
      throw .inside(inner.path, inner.option, folder: outer.path, outer.option)
    }
  }

  private func checkFolder(_ output: Output) throws(OutputError) {
    switch output.place.content {
    case .file: throw .isFile(output.path, option: output.option)
    case .other: throw .noFile(output.path)
    case .nothing: try checkBase(output)
    case .folder:
      for input in images {
        let place = Place(input)
        if place.isSame(as: output.place) { throw .inputFolder(output.path) }
        if overwrites, place.isInside(output.place) {
          throw .aroundInput(output.path, input: input)
        }
      }
    }
  }

  private func checkFile(_ output: Output) throws(OutputError) {
    switch output.place.content {
    case .folder: throw .isFolder(output.path, option: output.isPart ? nil : output.option)
    case .other: throw .noFile(output.path)
    case .nothing:
      if output.kind.isMisnamed(output.path) {
        throw .misnamed(output.path, option: output.option, suffix: output.kind.suffixes[0])
      }
      if let folder = folderOfImages(around: output) {
        throw .amongInputs(output.path, option: output.option, folder: folder)
      }
    case .file:
      let isOwn = output.kind.isOwn(output.path)
      if isInput(output, isOwn: isOwn) {
        throw .input(output.path, option: output.option)
      }
      if !isOwn, !overwrites { throw .foreign(output.path, kind: output.kind.name) }
    }
    try checkBase(output)
  }

  /// Makes sure that the folder for an output is one that can be written to, or can be made.
  private func checkBase(_ output: Output) throws(OutputError) {
    let base = output.place.base
    if base.path.isRelative {
      throw .place(
        output.path, cause: "the current folder has been removed; change to another folder")
    }
    guard base.content == .folder else {
      throw .place(output.path, cause: "\(base.path) is not a folder")
    }
    // What is nobody's to make, such as in /proc, the system refuses later in its own words.
    if !base.isWritable {
      throw .place(output.path, cause: "the folder \(base.path) is not writable")
    }
  }

  /// The folder of images that an output would be one of.
  private func folderOfImages(around output: Output) -> FilePath? {
    // What is in an output folder is never read as input.
    if output.isPart || !ImageFile.isNamedLikeImage(output.place.path) { return nil }
    return images.first { output.place.isInside(Place($0)) }
  }

  /// Whether the command reads the file at a place.
  private func isInput(_ output: Output, isOwn: Bool) -> Bool {
    let place = output.place
    if images.contains(where: { place.isSame(as: Place($0)) })
      || folderOfImages(around: output) != nil
    {
      return true
    }
    for input in others {
      let folder = Place(input)
      if place.isSame(as: folder) { return true }
      guard place.isInside(folder) else { continue }
      if RunFolder.isRun(folder.path) {
        if RunFolder.owns(place.path, in: folder.path) { return true }
      } else if !isOwn {
        return true
      }
    }
    return false
  }
}
