package import Checkpoints
package import Images
internal import SystemPackage
internal import Text

/// Classes that images have by the folders that they are in: the first one below an input folder.
package struct FolderClasses {
  /// In natural order; a class's number is its place here.
  let names: [String]
  private let numbers: [FilePath: Int]

  /// - Throws: `SettingError` where an image is in no such folder, or all are in one.
  package init(_ files: [ImageFile]) throws(SettingError) {
    var folders: Set<String> = []
    for file in files {
      guard let name = Self.folder(of: file) else {
        let hasClasses = files.contains { Self.folder(of: $0) != nil }
        throw SettingError(
          "classes",
          cause: "\(file.path) is not in a class subfolder; "
            + (hasClasses
              ? "move it into one, or away" : "give the folder that contains the class subfolders"))
      }
      folders.insert(name)
    }
    guard folders.count > 1 else {
      throw SettingError(
        "classes",
        cause: "classes need several subfolders, but all images are in one, \(folders.first ?? "")")
    }
    // `--class all` and `--class folders` are not to mean two things.
    if let name = ["all", "folders"].first(where: folders.contains) {
      throw SettingError("classes", cause: "a class cannot be called \(name); rename its folder")
    }
    try self.init(files, named: folders.sorted { NaturalOrder.precedes($0, $1) })
  }

  /// Classes that a network knows by these names.
  ///
  /// - Throws: `SettingError` where an image is in no folder of them.
  package init(_ files: [ImageFile], named names: [String]) throws(SettingError) {
    let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    var numbers: [FilePath: Int] = [:]
    for file in files {
      guard let number = Self.folder(of: file).flatMap({ places[$0] }) else {
        throw SettingError(
          "class",
          cause: "\(file.path) is not in a class subfolder; the classes are \(Readable.list(names))"
        )
      }
      numbers[file.path] = number
    }
    (self.names, self.numbers) = (names, numbers)
  }

  /// The number of an image's class.
  package func number(of file: ImageFile) -> Int {
    guard let number = numbers[file.path] else {
      preconditionFailure("an image that its class was not looked for of")
    }
    return number
  }

  private static func folder(of file: ImageFile) -> String? {
    let components = file.relativePath.components
    guard components.count > 1 else { return nil }
    return components.first?.string
  }
}
