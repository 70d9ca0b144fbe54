/// A network by name.
package enum UNetPreset: String, CaseIterable, Sendable {
  /// 32-64-64, one layer a block, attention in the middle only: learns in seconds, for trials.
  case tiny
  /// 64-128-128, one layer a block, attention at the middle level.
  case small
  /// 64-128-256, two layers a block, attention at the middle level.
  ///
  /// By size and cost it lies in the middle between `small` and `ddpm`, on a scale of ratios. It is
  /// wide where pixels are few: the same parameters spread as 96-192-192 cost half as much again.
  /// Heads of 32 channels, as the work of a softmax grows with their number.
  case base
  /// 128-256-256-256, two layers a block, attention at the second level: the network of
  /// Ho et al. 2020 for 32 x 32, as published in google/ddpm-cifar10-32.
  case ddpm
  /// 64-128-256 on squares of two by two pixels, with layer norms and without attention: what a pixel
  /// becomes depends on those around it alone, so images of any size go through it, whole or in tiles.
  ///
  /// Squares of pixels as channels cost a denoiser little (Zhang et al. 2018, FFDNet) and make it four
  /// times as fast.
  case denoiser
  /// 64-112-128 in the same way, without a middle and without a norm at the end: small enough to be shipped, as a
  /// restoration network.
  case restoration

  /// The preset's network for images of `channels` channels.
  ///
  /// - Parameter levels: nil for its own, or more: for large images.
  package func configuration(channels: Int, levels: Int? = nil) -> UNetConfiguration {
    let network = configuration(of: channels)
    return network.deepened(by: max(0, (levels ?? 0) - network.channelsPerLevel.count))
  }

  private func configuration(of channels: Int) -> UNetConfiguration {
    switch self {
    case .tiny:
      return UNetConfiguration(
        channels: channels, channelsPerLevel: [32, 64, 64], layersPerBlock: 1,
        attentionLevels: [false, false, false], headDimension: 32, normGroups: 8)
    case .small:
      return UNetConfiguration(
        channels: channels, channelsPerLevel: [64, 128, 128], layersPerBlock: 1,
        attentionLevels: [false, true, false])
    case .base:
      return UNetConfiguration(
        channels: channels, channelsPerLevel: [64, 128, 256], layersPerBlock: 2,
        attentionLevels: [false, true, false], headDimension: 32)
    case .ddpm:
      var ddpm = UNetConfiguration(
        channels: channels, channelsPerLevel: [128, 256, 256, 256], layersPerBlock: 2,
        attentionLevels: [false, true, false, false], headDimension: nil)
      ddpm.downsamplePadding = 0
      ddpm.flipSineToCosine = false
      ddpm.frequencyShift = 1
      ddpm.normEpsilon = 1e-6
      return ddpm
    case .denoiser:
      var denoiser = UNetConfiguration(
        channels: channels, channelsPerLevel: [64, 128, 256], layersPerBlock: 1,
        attentionLevels: [false, false, false], headDimension: nil, normGroups: 0)
      denoiser.middleBlock = .residual
      denoiser.patchSize = 2
      return denoiser
    case .restoration:
      var restoration = UNetPreset.denoiser.configuration(of: channels)
      restoration.channelsPerLevel = [64, 112, 128]
      restoration.middleBlock = .none
      restoration.hasOutputNorm = false
      // It is told no timesteps but one.
      restoration.timeEmbeddingChannels = 32
      return restoration
    }
  }
}
