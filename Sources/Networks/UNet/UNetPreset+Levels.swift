// Large images need more levels: attention compares all positions with all, so that its work grows with the fourth
// power of an image's side, and what is far apart in an image is to meet somewhere.

extension UNetPreset {
  /// Past so many positions attention goes a level down: those of 32 x 32. The networks of Ho et al. 2020 and
  /// Dhariwal & Nichol 2021 for 256 x 256 attend at 16 x 16 and at 8 x 8 to 32 x 32.
  private static let mostPositions = 1024

  /// More levels no network has.
  package static let mostLevels = 8

  /// The levels that its network has by itself.
  package var ownLevels: Int { configuration(channels: 3).channelsPerLevel.count }

  /// The levels for images of a size: its own, and as many more as attention to no more than 32 x 32 positions takes,
  /// where width and height can be halved so often.
  package func levels(width: Int, height: Int) -> Int {
    let network = configuration(channels: 3)
    var levels = network.channelsPerLevel.count
    guard var attended = network.firstAttendedLevel else { return levels }
    while levels < Self.mostLevels, (width >> attended) * (height >> attended) > Self.mostPositions,
      [width, height].allSatisfy({ $0.isMultiple(of: 1 << levels) })
    {
      levels += 1
      attended += 1
    }
    return levels
  }

  /// The preset's network for images of `channels` channels and of a size, with the levels for that.
  package func configuration(channels: Int, width: Int, height: Int) -> UNetConfiguration {
    configuration(channels: channels, levels: levels(width: width, height: height))
  }
}

extension UNetConfiguration {
  /// The finest level with attention; nil without any.
  var firstAttendedLevel: Int? {
    let up = upAttentionLevels ?? attentionLevels
    return attentionLevels.indices.first { attentionLevels[$0] || up[$0] }
      ?? (middleBlock == .attention ? attentionLevels.count - 1 : nil)
  }

  /// The network with more levels of as many channels as its last one has. Attention stands as far from the last level as before.
  func deepened(by added: Int) -> UNetConfiguration {
    guard added > 0, let last = channelsPerLevel.last else { return self }
    var network = self
    let plain = [Bool](repeating: false, count: added)
    network.channelsPerLevel += Array(repeating: last, count: added)
    network.attentionLevels = plain + attentionLevels
    network.upAttentionLevels = upAttentionLevels.map { plain + $0 }
    return network
  }
}
