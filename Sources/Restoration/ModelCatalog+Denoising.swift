public import Checkpoints
internal import Images
internal import PNGCodec
public import SystemPackage

extension ModelCatalog {
  /// The file of the model that denoises images where none is named: `denoise-gray` where all of them are grayscale
  /// and there is such a model, else `denoise-rgb`.
  ///
  /// - Parameters:
  ///   - images: files, and folders that are searched recursively.
  ///   - output: a folder that is not searched.
  /// - Throws: `ModelError.notInstalled`.
  public func denoiser(
    of images: [FilePath], output: FilePath? = nil
  ) throws(ModelError) -> FilePath {
    if let gray = file(named: "denoise-gray"), Self.areGray(images, output) { return gray }
    let name = "denoise-rgb"
    guard let file = file(named: name) else { throw .notInstalled(name, folders: folders) }
    return file
  }

  /// Whether all images that can be read are grayscale; what is wrong with others is told when they are denoised.
  private static func areGray(_ images: [FilePath], _ output: FilePath?) -> Bool {
    guard let files = try? ImageListing.images(in: images, output: output).files else {
      return false
    }
    return files.allSatisfy { (try? PNGReader.header(of: $0.path))?.isGray ?? true }
  }
}
