internal import Images

/// An image taken apart by scale: what each level has that the next, of half the size, has not, and
/// the last level as it is (Burt & Adelson 1983), as in Karras et al. 2018.
///
/// Filtered is with (1 4 6 4 1) / 16 along both axes, the image mirrored about the centers of its
/// outermost pixels, as OpenCV's pyrDown and pyrUp do.
package struct LaplacianPyramid {
  /// A real image (C, H, W).
  package struct Level: Equatable, Sendable {
    package let channels, width, height: Int
    package var values: [Float]

    package init(channels: Int, width: Int, height: Int, values: [Float]) {
      precondition(values.count == channels * width * height, "wrong number of values")
      (self.channels, self.width, self.height) = (channels, width, height)
      self.values = values
    }
  }

  /// From the image's own size down.
  package private(set) var levels: [Level]

  /// Takes an image apart into `count` levels.
  package init(_ image: Level, levels count: Int) {
    levels = [image]
    while levels.count < count {
      let last = levels.count - 1
      let (width, height) = (levels[last].width, levels[last].height)
      let small = levels[last].filtered(Taps(halving: width), Taps(halving: height))
      let enlarged = small.filtered(Taps(doublingTo: width), Taps(doublingTo: height))
      for i in enlarged.values.indices { levels[last].values[i] -= enlarged.values[i] }
      levels.append(small)
    }
  }

  /// Of the smaller side of a level.
  package static let smallestSide = 16

  /// The sizes of an image's levels that are not smaller than that.
  package static func sizes(width: Int, height: Int) -> [(width: Int, height: Int)] {
    var sizes: [(width: Int, height: Int)] = []
    var (width, height) = (width, height)
    while min(width, height) >= smallestSide {
      sizes.append((width, height))
      (width, height) = ((width + 1) / 2, (height + 1) / 2)
    }
    return sizes
  }
}

/// Of which five inputs, by which weights, each output along an axis is made.
private struct Taps {
  private static let kernel: [Float] = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]
  private(set) var indices: [Int] = []
  private(set) var weights: [Float] = []

  var outputs: Int { indices.count / 5 }

  /// Every other element of `length` filtered ones; of an odd number one more than half.
  init(halving length: Int) {
    for center in stride(from: 0, to: length, by: 2) {
      for k in 0..<5 {
        indices.append(Reflection.wholeSample(center + k - 2, of: length))
        weights.append(Self.kernel[k])
      }
    }
  }

  /// `length` filtered elements, of which every other was given and those between were zero.
  init(doublingTo length: Int) {
    for center in 0..<length {
      for k in 0..<5 {
        let place = Reflection.wholeSample(center + k - 2, of: length)
        indices.append(place / 2)
        weights.append(place % 2 == 0 ? 2 * Self.kernel[k] : 0)
      }
    }
  }
}

extension LaplacianPyramid.Level {
  /// The image filtered along both axes.
  fileprivate func filtered(_ across: Taps, _ down: Taps) -> Self {
    var narrow = [Float](repeating: 0, count: channels * height * across.outputs)
    for line in 0..<(channels * height) {
      for x in 0..<across.outputs {
        var sum: Float = 0
        for k in (5 * x)..<(5 * x + 5) {
          sum += across.weights[k] * values[line * width + across.indices[k]]
        }
        narrow[line * across.outputs + x] = sum
      }
    }
    let width = across.outputs
    var result = [Float](repeating: 0, count: channels * down.outputs * width)
    for c in 0..<channels {
      for y in 0..<down.outputs {
        let to = (c * down.outputs + y) * width
        for k in (5 * y)..<(5 * y + 5) where down.weights[k] != 0 {
          let from = (c * height + down.indices[k]) * width
          for x in 0..<width { result[to + x] += down.weights[k] * narrow[from + x] }
        }
      }
    }
    return Self(channels: channels, width: width, height: down.outputs, values: result)
  }
}
