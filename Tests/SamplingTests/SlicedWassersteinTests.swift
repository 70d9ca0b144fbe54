import Sampling
import Testing

/// The sliced Wasserstein distance and its parts, to values from `Tests/Fixtures/comparison.py`.
@Suite struct SlicedWassersteinTests {
  /// Image `n` of a pattern.
  private func image(_ n: Int, _ channels: Int, _ height: Int, _ width: Int, offset: Int)
    -> LaplacianPyramid.Level
  {
    var values: [Float] = []
    for c in 0..<channels {
      for y in 0..<height {
        for x in 0..<width {
          let first: Int = n * 37 + c * 11 + x * x * (3 + c)
          let level: Int = (first + y * (5 + n) + x * y + offset * y) % 256
          values.append(Float(level) / 127.5 - 1)
        }
      }
    }
    return .init(channels: channels, width: width, height: height, values: values)
  }

  @Test func `a pyramid's levels are OpenCV's, of odd sizes too`() {
    let levels = LaplacianPyramid(image(0, 1, 19, 16, offset: 0), levels: 2).levels
    #expect(levels.map(\.width) == [16, 8] && levels.map(\.height) == [19, 10])
    let expected: [[Float]] = [
      [-0.09757966, -0.10018382, -0.10617341, -0.53189338, 0.25264246, -0.92898284],
      [-0.94264706, -0.84117647, -0.54705882, 0.01764706, 0.06862745, 0.01446078],
    ]
    for (level, numbers) in zip(levels, expected) {
      for (found, number) in zip(level.values.prefix(3) + level.values.suffix(3), numbers) {
        #expect(abs(found - number) < 1e-6)
      }
    }
  }

  @Test func `a pyramid goes down to 16 pixels`() {
    let sizes = LaplacianPyramid.sizes(width: 64, height: 45)
    #expect(sizes.map(\.width) == [64, 32] && sizes.map(\.height) == [45, 23])
    #expect(LaplacianPyramid.sizes(width: 15, height: 100).isEmpty)
  }

  @Test(arguments: [(0, 61.017804589300404), (1, 75.82945252740093)])
  func `distances are Karras's`(level: Int, distance: Double) {
    func patches(offset: Int) -> PatchDescriptors {
      var patches = PatchDescriptors(channels: 3)
      for n in 0..<6 {
        let pyramid = LaplacianPyramid(image(n, 3, 32, 32, offset: offset), levels: 2)
        patches.append(pyramid.levels[level], number: level, seed: 5, index: n)
      }
      patches.normalize()
      return patches
    }
    let (a, b) = (patches(offset: 0), patches(offset: 2))
    let found = 1000 * SlicedWasserstein.distance(a, b, level: level, seed: 5)
    #expect(abs(found - distance) < 1e-4 * distance)
    #expect(SlicedWasserstein.distance(a, a, level: level, seed: 5) == 0)
  }

  @Test(
    arguments: [
      ([0, 1, 5], [1, 2, 6], 1.0), ([2], [0, 4], 2), ([0, 0, 3], [0, 3], 0.5),
      ([-1, 1], [-1, 1], 0),
    ] as [([Float], [Float], Double)])
  func `mass goes the shortest way`(a: [Float], b: [Float], distance: Double) {
    let found = a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { wassersteinDistance(a, $0) }
    }
    #expect(abs(found - distance) < 1e-12)
  }

  @Test func `numbers are sorted by their bits`() {
    var numbers = (0..<3000).map { Float(($0 * 7919) % 3001 - 1500) * 1.0009e-3 }
    numbers += [0, -1e30, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 3e38]
    let sorted = numbers.sorted()
    numbers.withUnsafeMutableBufferPointer { radixSort($0) }
    #expect(numbers == sorted)
  }
}
