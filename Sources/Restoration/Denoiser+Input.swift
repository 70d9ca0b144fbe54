package import Sampling

extension Denoiser {
  /// An image with noise, of the network's channels.
  package struct Input: Sendable {
    package let width: Int
    package let height: Int
    /// Gives rows of the image, (C, rows, W) on the [-1, 1] scale.
    let rows: @Sendable (Range<Int>) -> [Float]
    /// What is known of the noise.
    var noise: ToldNoise
    /// Tells the noise of one image's sample from another's.
    let index: UInt32
    /// Whether all channels are alike.
    let isGray: Bool
    /// (H, W): which pixels tell of the image's noise, those whose color can be seen; nil for all.
    let isVisible: [Bool]?

    /// The noise's standard deviation on that scale: gray levels / 127.5; nil where it is not known, which only
    /// restoration networks can do without.
    package var noiseLevel: Double? { noise.level }
    /// By how much its variance grows with each gray level, in gray levels.
    package var gain: Double { noise.gain }

    /// An image whose rows are made when they are asked for.
    init(
      width: Int, height: Int, noiseLevel: Double?, gain: Double, index: UInt32, isGray: Bool,
      isVisible: [Bool]?, rows: @escaping @Sendable (Range<Int>) -> [Float]
    ) {
      (self.width, self.height) = (width, height)
      noise = ToldNoise(known: noiseLevel, gain: gain)
      (self.index, self.isGray, self.isVisible, self.rows) = (index, isGray, isVisible, rows)
    }

    /// An image in memory.
    package init(
      _ image: ImageTensor, noiseLevel: Double?, gain: Double = 0, index: UInt32,
      isVisible: [Bool]? = nil
    ) {
      let (values, area) = (image.values, image.width * image.height)
      let isGray = (area..<max(area, values.count)).allSatisfy { values[$0] == values[$0 % area] }
      self.init(
        width: image.width, height: image.height, noiseLevel: noiseLevel, gain: gain, index: index,
        isGray: isGray, isVisible: isVisible
      ) {
        RowBand.rows(
          $0, of: values, channels: image.channels, width: image.width, height: image.height)
      }
    }
  }
}
