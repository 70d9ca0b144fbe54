public import SystemPackage

/// Why an output is refused before it is written.
public enum OutputError: Error, Equatable, Sendable {
  /// Something else is there; `kind` is what would be written.
  case foreign(FilePath, kind: String)
  /// An image is there that another program made.
  case unknownImage(FilePath)
  /// A copy of the image that the result would be of.
  case copyOfInput(FilePath)
  /// An image is there that another command made, or of another kind.
  case otherKind(FilePath, found: String, expected: String)
  /// An image is there that was made with other settings.
  case otherImage(FilePath, found: String, expected: String)
  /// A file is there of images that were made otherwise, or of others; both as `Provenance` has them.
  case otherImages(FilePath, found: String, expected: String)
  /// The command reads what is there.
  case input(FilePath, option: String)
  /// It would be one of the images of a folder that the command reads.
  case amongInputs(FilePath, option: String, folder: FilePath)
  /// Results would replace the images of a folder.
  case inputFolder(FilePath)
  /// With `--overwrite`, results could replace images in a folder below.
  case aroundInput(FilePath, input: FilePath)
  /// Two outputs at one place, by their options.
  case same(FilePath, String, String)
  /// An output below another that is a folder.
  case inside(FilePath, String, folder: FilePath, String)
  /// The image that the result would be of.
  case isInput(FilePath)
  /// A folder where a file is to be, which an option names unless it has its place in the output.
  case isFolder(FilePath, option: String?)
  /// A file where a folder is to be.
  case isFile(FilePath, option: String)
  /// A name of another kind of file.
  case misnamed(FilePath, option: String, suffix: String)
  /// A pipe, a device, or a link that leads nowhere.
  case noFile(FilePath)
  /// The folder to write to is none, or is not to be written to.
  case place(FilePath, cause: String)
}

extension OutputError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .foreign(let path, let kind):
      """
      \(path): not written: the file exists, and is not \(kind); give another name, or `overwrite` \
      to replace it
      """
    case .unknownImage(let path):
      "\(path): not written: the file exists, and was not made by Stipple; \(Self.wayOut)"
    case .copyOfInput(let path):
      "\(path): not written: the file exists, and is an unchanged copy of the input image (of `copy-clean` or "
        + "`strength` 0); give the same option again, or \(Self.wayOut)"
    case .otherKind(let path, let found, let expected):
      "\(path): is \(found), and this command would write \(expected); \(Self.wayOut)"
    case .otherImage(let path, let found, let expected):
      """
      \(path): was made with other settings (\(found)); this command would make it with \(expected); \
      \(Self.wayOut)
      """
    case .otherImages(let path, let found, let expected):
      """
      \(path): has other images (\(Provenance(text: found).words)); this command would write \
      \(Provenance(text: expected).words); \(Self.wayOut)
      """
    case .input(let path, let option):
      "\(path): not written: it is an input of this command; give \(option) another name"
    case .amongInputs(let path, let option, let folder):
      """
      \(path): not written: it would be one of the images of \(folder), which this command reads; give \(option) \
      another folder
      """
    case .inputFolder(let path):
      "\(path): is both input and output: results would replace the images; use another folder"
    case .aroundInput(let path, let input):
      """
      \(path): not written: with `overwrite`, results could replace images of \(input), which is \
      inside; use another folder
      """
    case .same(let path, let first, let second):
      "\(path): not written: it is both \(first) and \(second); give them different names"
    case .inside(let path, let option, let folder, let other):
      """
      \(path): not written: \(option) is inside \(folder), the folder of \(other); give a name \
      outside of it
      """
    case .isInput(let path):
      "\(path): not written: it is the input image itself; use another folder"
    case .isFolder(let path, let option):
      "\(path): not written: it is a folder; "
        + (option.map { "give \($0) the name of a file" } ?? "move it away, or give another output")
    case .isFile(let path, let option):
      "\(path): not written: it is a file; give \(option) the name of a folder"
    case .misnamed(let path, let option, let suffix):
      "\(path): not written: the name of \(option) has to end in .\(suffix)"
    case .noFile(let path):
      "\(path): not written: it is not a regular file; give another name"
    case .place(let path, let cause): "\(path): not written: \(cause)"
    }
  }

  private static let wayOut = "give another output, or `overwrite` to replace it"
}
