internal import HDF5
internal import SystemPackage

/// x_T of images by their indices, from a file's dataset /x_T (image, C, H, W).
struct InitialNoise {
  private let dataset: StoredDataset
  private let path: FilePath

  /// Opens a file that has x_T for at least `count` images of the model.
  init(_ path: FilePath, for configuration: ModelConfiguration, count: Int) throws {
    self.path = path
    dataset = try File.open(path).root.dataset("x_T")
    let expected = [
      configuration.channels, configuration.images.height, configuration.images.width,
    ]
    guard dataset.shape.count == 4, Array(dataset.shape.dropFirst()) == expected else {
      throw GenerationError.initialNoise(
        path,
        cause: "/x_T has shape \(HDF5Error.text(dataset.shape)), expected images x "
          + HDF5Error.text(expected))
    }
    guard dataset.shape[0] >= count else {
      throw GenerationError.initialNoise(
        path, cause: "/x_T has \(counted(dataset.shape[0], "image")), but \(count) are needed")
    }
  }

  /// x_T of some images, one after another.
  func values(_ indices: [Int]) throws -> [Float] {
    try indices.flatMap { index -> [Float] in
      let values: [Float] = try dataset.read(at: [index])
      guard values.allSatisfy(\.isFinite) else {
        throw GenerationError.initialNoise(
          path, cause: "/x_T has values that are not finite in image \(index)")
      }
      return values
    }
  }

  /// Tells an image's x_T from others: 16 hexadecimal digits.
  func fingerprint(_ index: Int) throws -> String {
    var values = try values([index])
    return values.withUnsafeMutableBufferPointer {
      Fingerprint.text(
        of: [NamedTensor(name: "x_T", shape: [$0.count], values: $0)], step: 0)
    }
  }
}
