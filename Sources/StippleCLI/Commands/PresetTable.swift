import Networks

/// The presets with their sizes, for `--help`.
enum PresetTable {
  static var text: String {
    UNetPreset.allCases.map { preset in
      let network = preset.configuration(channels: 3)
      let cost = 3 * network.floatingPointOperations(width: 32, height: 32)
      let parameters = rounded(Double(network.parameterCount) / 1e6)
      let channels = network.channelsPerLevel.map(String.init).joined(separator: "-")
      return "  \(padded(preset.rawValue, 8)) \(padded(channels, 16)) "
        + "\(padded(parameters, 6)) million parameters  \(rounded(Double(cost) / 1e9)) Gflop"
    }.joined(separator: "\n")
  }

  private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
