internal import Files
import Foundation
public import SystemPackage

// What a run was trained on: `images.json`, a list of absolute paths, by which a distillation finds the images again.
extension RunFolder {
  /// Writes the files and folders that a run's images are in. Of none nothing is written.
  package func record(images inputs: [FilePath]) throws {
    if inputs.isEmpty { return }
    let paths = inputs.map {
      FilePath(FileManager.default.currentDirectoryPath).pushing($0).lexicallyNormalized().string
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(paths), as: UTF8.self) + "\n"
    if try recordedImages()?.map(\.string) != paths { try AtomicFile.write(text.utf8, to: images) }
  }

  /// The files and folders that the run was trained on, as its last session found them; nil where it does not say.
  public func recordedImages() throws -> [FilePath]? {
    try Folders.exists(images) ? Self.images(listedIn: images) : nil
  }

  /// The files and folders that a list names; nil where it is no list.
  static func images(listedIn path: FilePath) throws -> [FilePath]? {
    let data = Data(try RegularFile.bytes(of: path))
    return (try? JSONDecoder().decode([String].self, from: data))?.map { FilePath($0) }
  }
}
