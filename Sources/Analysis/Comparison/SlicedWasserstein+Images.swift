internal import Checkpoints
internal import Images
internal import PNGCodec
internal import Sampling

extension SlicedWasserstein {
  /// Images of a side that are looked at, spread evenly where there are more: as many as are published.
  static let mostImages = 16_384

  /// Memory for an image's patches and their projections.
  static func bytesPerImage(_ format: PixelFormat) -> Int {
    let patch = PatchDescriptors(channels: format.channels).length + together
    return PatchDescriptors.perImage * patch * MemoryLayout<Float>.stride
  }

  /// The distances of two sets of images times 1000 at all scales, from the images' own down to 16
  /// pixels. The processes share the directions.
  ///
  /// - Returns: on the first process; without meaning on the others. Nil where the work is to stop.
  static func distances(
    _ a: ImageSet, _ b: ImageSet, seed: UInt64, _ context: JobContext
  ) throws -> [Comparison.Level]? {
    let sizes = LaplacianPyramid.sizes(width: a.size.width, height: a.size.height)
    var levels: [Comparison.Level] = []
    for (number, size) in sizes.enumerated() {
      let sums = try JobItems<Double>.share(
        0..<parts, "directions", done: number * parts, of: sizes.count * parts, in: context
      ) { items in
        let patches = [a, b].compactMap {
          descriptors($0, level: number, seed: seed, shouldStop: { items.isStopped })
        }
        if patches.count < 2 { return }
        while let part = items.take()?.lowerBound {
          items.finish(part, sum(part, patches[0], patches[1], level: number, seed: seed))
        }
      }
      if context.anyStops { return nil }
      let distance = distance(sums.sorted { $0.key < $1.key }.map(\.value))
      levels.append(
        Comparison.Level(width: size.width, height: size.height, distance: 1000 * distance))
    }
    return levels
  }

  private static func descriptors(
    _ set: ImageSet, level: Int, seed: UInt64, shouldStop: () -> Bool
  ) -> PatchDescriptors? {
    var patches = PatchDescriptors(channels: set.format.channels)
    let all = LaplacianPyramid.sizes(width: set.size.width, height: set.size.height).count
    for (place, index) in evenlySpread(mostImages, of: set.count).enumerated() {
      if shouldStop() { return nil }
      let image = FloatImage(set.image(index))
      let pyramid = LaplacianPyramid(
        .init(
          channels: image.channels, width: image.width, height: image.height,
          values: image.values), levels: min(level + 2, all))
      patches.append(pyramid.levels[level], number: level, seed: seed, index: place)
    }
    patches.normalize()
    return patches
  }
}
