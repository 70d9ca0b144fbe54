internal import Random

/// Patches of 7 x 7 pixels of one level of many images' Laplacian pyramids (Karras et al. 2018,
/// section 5), their channels normalized to mean 0 and deviation 1.
package struct PatchDescriptors {
  /// Patches of an image, drawn with repetition.
  package static let perImage = 128
  private static let side = 7

  /// Elements of a patch: C · 7 · 7.
  package let length: Int
  /// (N, C, 7, 7).
  package private(set) var values: [Float] = []

  private let channels: Int

  package init(channels: Int) {
    self.channels = channels
    length = channels * Self.side * Self.side
  }

  /// How many patches.
  package var count: Int { values.count / length }

  var bytesPerImage: Int { Self.perImage * length * MemoryLayout<Float>.size }

  /// Makes room for the patches of so many images.
  mutating func reserve(images: Int) {
    values.reserveCapacity(images * Self.perImage * length)
  }

  /// Takes the patches of image `index`, at places that follow from the seed, the index and the level's
  /// number.
  package mutating func append(
    _ level: LaplacianPyramid.Level, number: Int, seed: UInt64, index: Int
  ) {
    let stream = RandomStream(
      seed: seed, purpose: .comparison, index: index, step: number, site: 1)
    for patch in 0..<Self.perImage {
      let left = stream.integer(below: level.width - Self.side + 1, at: 2 * patch)
      let top = stream.integer(below: level.height - Self.side + 1, at: 2 * patch + 1)
      for c in 0..<channels {
        for y in 0..<Self.side {
          let start = (c * level.height + top + y) * level.width + left
          values += level.values[start..<(start + Self.side)]
        }
      }
    }
  }

  /// Normalizes each channel over all patches; one that is the same everywhere becomes 0.
  package mutating func normalize() {
    let area = Self.side * Self.side
    for c in 0..<channels {
      var (sum, squares) = (0.0, 0.0)
      let starts = stride(from: c * area, to: values.count, by: length)
      for start in starts { for i in start..<(start + area) { sum += Double(values[i]) } }
      let mean = sum / Double(count * area)
      for start in starts {
        for i in start..<(start + area) {
          squares += (Double(values[i]) - mean) * (Double(values[i]) - mean)
        }
      }
      let deviation = (squares / Double(count * area)).squareRoot()
      let scale = deviation > 0 ? 1 / deviation : 0
      for start in starts {
        for i in start..<(start + area) { values[i] = Float((Double(values[i]) - mean) * scale) }
      }
    }
  }
}
