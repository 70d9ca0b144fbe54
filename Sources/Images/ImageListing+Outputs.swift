internal import Files
package import SystemPackage

extension ImageListing {
  /// Checks that no two images would have the same output, and that none is a file where another
  /// needs a folder.
  ///
  /// - Parameter folders: where the outputs go; some file systems take names for one that differ.
  package static func checkOutputs(
    of files: [ImageFile], in folders: [FilePath]
  ) throws(ImagesError) {
    var owners: [FilePath: ImageFile] = [:]
    var alike = AlikeOutputs()
    for file in files {
      if let owner = owners.updateValue(file, forKey: file.outputPath) {
        throw .sameOutput(owner.path, file.path, output: file.outputPath)
      }
      alike.add(file)
    }
    var checked: Set<FilePath> = []
    for file in files {
      var folder = file.outputPath.removingLastComponent()
      while !folder.isEmpty, checked.insert(folder).inserted {
        if let owner = owners[folder] {
          throw .outputNeedsFolder(owner.path, file.path, output: folder)
        }
        folder.removeLastComponent()
      }
    }
    guard !alike.pairs.isEmpty else { return }
    for folder in folders {
      guard let trial = NameTrial(in: folder) else { continue }
      for (owner, file) in alike.pairs where trial.areOne(owner.outputPath, file.outputPath) {
        throw .oneName(owner.path, file.path, owner.outputPath, file.outputPath)
      }
    }
  }

  /// Outputs with different names that some file system takes for one.
  private struct AlikeOutputs {
    private(set) var pairs: [(ImageFile, ImageFile)] = []
    private var firsts: [String: ImageFile] = [:]
    private var groups: [String: [ImageFile]] = [:]

    mutating func add(_ file: ImageFile) {
      let folded = file.outputPath.components.map(FileNames.folded).joined(separator: "/")
      guard let first = firsts[folded] else {
        firsts[folded] = file
        return
      }
      let group = groups[folded] ?? [first]
      for owner in group { pairs.append((owner, file)) }
      groups[folded] = group + [file]
    }
  }
}
