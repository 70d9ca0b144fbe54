/// What the flattest windows of an image tell of its noise: how strong it is, if it is white, and how surely it is.
///
/// In photographs with white noise they show 0.9 to 1.4 times the whole, and more where the noise is weak. Of noise whose neighbors
/// are alike, and of JPEG, they show less than there is. Both show by what neighbors, or the channels, have in common: less than 0.07
/// and 0.2 of white noise, in photographs and in drawings, and 0.1 or 0.5 and more of cameras' noise and of JPEG.
package struct FlatNoise {
  /// The mean of ratios.
  package struct Mean {
    private var sum = 0.0
    private var count = 0

    package mutating func add(_ part: Float, _ whole: Float) {
      sum += Double(part / whole)
      count += 1
    }

    static func += (mean: inout Mean, other: Mean) {
      mean.sum += other.sum
      mean.count += other.count
    }

    var value: Double { count > 0 ? sum / Double(count) : 0 }
  }

  /// How many times as strong white noise may be as the flattest windows show.
  static let most = 1.25
  /// What neighbors of white noise have in common about the mean of the flattest window in a block, by a simulation.
  private static let white = -0.122
  /// By how much more that is where noise is not white, and what its channels have in common.
  private static let (likeNeighbors, likeChannels) = (0.05...0.1, 0.2...0.4)
  /// Blocks that tell something.
  private static let fewest = 64

  package var blocks = 0
  /// The sum over the blocks of what they show, on the [-1, 1] scale.
  package var variance = 0.0
  package var ofNeighbors = Mean()
  package var ofChannels = Mean()

  package init() {}

  static func += (sum: inout FlatNoise, other: FlatNoise) {
    sum.blocks += other.blocks
    sum.variance += other.variance
    sum.ofNeighbors += other.ofNeighbors
    sum.ofChannels += other.ofChannels
  }

  /// The standard deviation in gray levels, if the noise is white.
  var sigma: Double { 127.5 * (variance / Double(max(blocks, 1))).squareRoot() }

  /// How surely the noise is white, from 0 to 1.
  var whiteness: Double {
    if blocks < Self.fewest { return 0 }
    return (1 - Self.likeNeighbors.ramp(ofNeighbors.value - Self.white))
      * (1 - Self.likeChannels.ramp(ofChannels.value))
  }
}
