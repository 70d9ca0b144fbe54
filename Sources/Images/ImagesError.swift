package import Files
package import PNGCodec
package import SystemPackage
internal import Text

/// Why a set of images cannot be used.
package enum ImagesError: Error, Equatable, Sendable {
  /// The system refused to list or read.
  case system(FileError)
  /// No file and no folder.
  case noInputs
  /// A folder with nothing in it.
  case emptyFolder(FilePath)
  /// A folder with files, of which none is named like a PNG.
  case noImages(FilePath, others: LeftOutFiles)
  /// A folder with no images but those of training runs, of which this is one.
  case onlyRuns(FilePath, FilePath)
  /// Two inputs whose results would have one name.
  case sameOutput(FilePath, FilePath, output: FilePath)
  /// Two inputs whose results would have names that the file system takes for one.
  case oneName(FilePath, FilePath, FilePath, FilePath)
  /// A folder of the second's result would be where the first's result is.
  case outputNeedsFolder(FilePath, FilePath, output: FilePath)
  /// Results would be written over the images they are made from.
  case outputIsInput(FilePath)
  /// Images of several sizes where one is needed; the path is the folder of all, or an image of a rare size.
  case differentSizes(FilePath, [SizeCount])
  /// Not one image could be read; the error is the first one's.
  case noneReadable(PNGError, count: Int)
  /// An image that could not be read where all must be.
  case unreadable(PNGError)
  /// The reading ahead was stopped.
  case stopped

  /// How many images have a size.
  package struct SizeCount: Equatable, Sendable {
    package let size: ImageSize
    package let count: Int

    package init(size: ImageSize, count: Int) {
      self.size = size
      self.count = count
    }
  }
}

extension ImagesError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  package var description: String {
    switch self {
    case .system(let error): error.description
    case .noInputs: "no images given; give image files or folders"
    case .emptyFolder(let path): "\(path): no images: the folder is empty"
    case .noImages(let path, let others):
      "\(path): no images: its \(others.count == 1 ? "1 file is" : "\(others.count) files are") "
        + "not PNG (\(others.kinds))" + Self.conversion(of: others, in: path)
    case .onlyRuns(let path, let run):
      "\(path): no images but those of a training run; give a folder in it, such as \(run.appending("samples"))"
    case .sameOutput(let first, let second, let output):
      "\(second): would have the same output as \(first): both are \(output); "
        + "rename one, or give the two their own output folders"
    case .oneName(let first, let second, let output, let other):
      "\(second): would have the same output as \(first): the file system of the results does not "
        + "tell \(output) from \(other); rename one, or give the two their own output folders"
    case .outputNeedsFolder(let first, let second, let output):
      "\(second): needs the output folder \(output), which is the output of \(first); "
        + "rename one, or give the two their own output folders"
    case .outputIsInput(let path):
      "\(path): is both input and output: results would replace the images; use another folder"
    case .differentSizes(let path, let sizes):
      "\(path): the images differ in size: \(Self.list(sizes)); "
        + "set `size`, such as `size` 64 (center crop; or `fit` resize or pad)"
    case .noneReadable(let error, let count):
      count == 1
        ? error.description : "\(error); and none of the other \(count - 1) images can be read"
    case .unreadable(let error): error.description
    case .stopped: "the reading of images was stopped"
    }
  }

  /// What to do with pictures that are not PNG; empty without any.
  private static func conversion(of others: LeftOutFiles, in folder: FilePath) -> String {
    guard let suffix = others.picture else { return "" }
    return PNGError.conversion("them", "\(ShellWord.quoted(folder.string))/*.\(suffix)")
  }

  /// The commonest sizes in words.
  private static func list(_ sizes: [SizeCount]) -> String {
    let shown = sizes.prefix(6).map { "\($0.size.inWords) (\($0.count))" }
    let rest = sizes.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more sizes" : "")
  }
}
