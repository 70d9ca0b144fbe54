internal import Networks

/// A network by name, and what it takes.
public struct NetworkPreset: Sendable {
  /// What `TrainingSettings.preset` calls it.
  public let name: String
  /// Channels at each level, the finest first.
  public let channelsPerLevel: [Int]
  /// Numbers that are learned, for images of 3 channels.
  public let parameterCount: Int
  /// Floating-point operations of a forward pass of an image of 32 x 32 pixels.
  public let operations: Int

  /// All presets, the smallest first.
  public static var all: [NetworkPreset] {
    UNetPreset.allCases.map { preset in
      let network = preset.configuration(channels: 3)
      return NetworkPreset(
        name: preset.rawValue, channelsPerLevel: network.channelsPerLevel,
        parameterCount: network.parameterCount,
        operations: network.floatingPointOperations(width: 32, height: 32))
    }
  }
}
