internal import Images
package import PNGCodec

/// Patches of a set of images at all scales, from the images' own down to 16 pixels: all that the sliced Wasserstein
/// distance looks at (Karras et al. 2018, section 5).
package struct PatchPyramid {
  private let levels: [PatchDescriptors]
  private let seed: UInt64

  /// - Parameters:
  ///   - images: of one size and format, at least one.
  ///   - seed: what patches and directions follow from; the same for sets that are compared.
  /// - Returns: nil where the images are smaller than 16 pixels.
  package init?(_ images: [PixelImage], seed: UInt64) {
    guard let first = images.first else { preconditionFailure("patches of no images") }
    let count = LaplacianPyramid.sizes(width: first.width, height: first.height).count
    if count == 0 { return nil }
    var levels = [PatchDescriptors](repeating: .init(channels: first.channels), count: count)
    for number in levels.indices { levels[number].reserve(images: images.count) }
    for (index, image) in images.enumerated() {
      let pyramid = LaplacianPyramid(
        .init(
          channels: image.channels, width: image.width, height: image.height,
          values: Pixels.values(of: image, width: image.width, height: image.height)),
        levels: count)
      for (number, level) in pyramid.levels.enumerated() {
        levels[number].append(level, number: number, seed: seed, index: index)
      }
    }
    for number in levels.indices { levels[number].normalize() }
    self.levels = levels
    self.seed = seed
  }

  /// Bytes that are kept of an image.
  package static func bytesPerImage(channels: Int, width: Int, height: Int) -> Double {
    let levels = LaplacianPyramid.sizes(width: width, height: height).count
    return Double(levels * PatchDescriptors(channels: channels).bytesPerImage)
  }

  /// The sliced Wasserstein distance times 1000, in the mean of all scales.
  package func distance(to other: PatchPyramid) -> Double {
    precondition(levels.count == other.levels.count, "patches of two sizes")
    let sum = levels.indices.reduce(0) {
      $0 + SlicedWasserstein.distance(levels[$1], other.levels[$1], level: $1, seed: seed)
    }
    return 1000 * sum / Double(levels.count)
  }
}
