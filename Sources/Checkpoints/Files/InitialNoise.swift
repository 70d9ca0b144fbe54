internal import HDF5
package import SystemPackage
internal import Text

/// x_T of images by their indices, from a file's dataset /x_T (image, C, H, W).
package struct InitialNoise {
  private let dataset: StoredDataset
  private let path: FilePath

  /// Opens a file that has x_T for at least `count` images of the model.
  package init(_ path: FilePath, for configuration: ModelConfiguration, count: Int) throws {
    self.path = path
    dataset = try File.open(path).root.dataset("x_T")
    let expected = [
      configuration.channels, configuration.images.height, configuration.images.width,
    ]
    guard dataset.shape.count == 4, Array(dataset.shape.dropFirst()) == expected else {
      throw FileFormatError.file(
        text: "\(path): /x_T has shape \(HDF5Error.text(dataset.shape)), expected images x "
          + HDF5Error.text(expected))
    }
    guard dataset.shape[0] >= count else {
      throw FileFormatError.file(
        text: "\(path): /x_T has \(counted(dataset.shape[0], "image")), but \(count) are needed")
    }
  }

  /// x_T of some images, one after another.
  package func values(_ indices: [Int]) throws -> [Float] {
    try indices.flatMap { index -> [Float] in
      let values: [Float] = try dataset.read(at: [index])
      guard values.allSatisfy(\.isFinite) else {
        throw FileFormatError.file(
          text: "\(path): /x_T has values that are not finite in image \(index)")
      }
      return values
    }
  }

  /// Tells an image's x_T from others: 16 hexadecimal digits.
  package func fingerprint(_ index: Int) throws -> String {
    var values = try values([index])
    return values.withUnsafeMutableBufferPointer {
      Fingerprint.text(
        of: [NamedTensor(name: "x_T", shape: [$0.count], values: $0)], step: 0)
    }
  }
}
