import Stipple

/// The presets with their sizes, for `--help`.
enum PresetTable {
  static var text: String {
    let heading = row("name", "channels", "parameters", "cost")
    return ([heading] + NetworkPreset.all.map(row)).joined(separator: "\n")
  }

  private static func row(_ preset: NetworkPreset) -> String {
    // A training step goes forward once and back twice.
    let cost = 3 * preset.operations
    return row(
      preset.name, preset.channelsPerLevel.map(String.init).joined(separator: "-"),
      "\(rounded(Double(preset.parameterCount) / 1e6)) M", "\(rounded(Double(cost) / 1e9)) Gflop")
  }

  private static func row(_ name: String, _ channels: String, _ size: String, _ cost: String)
    -> String
  {
    "  \(padded(name, 13))\(padded(channels, 17))\(padded(size, 12))\(cost)"
  }

  private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// What `--help` says of recipes, from the code that chooses them.
enum RecipeTable {
  /// The options that imply a recipe where none is named, in lines below a heading.
  static var implying: String {
    let flags = TrainingSettings.Recipe.settingsOfProcess.map { FlagNames.flag($0.rawValue) }
    return HelpPage.wrapped(flags.joined(separator: ", "), HelpPage.width - 3).map { "  " + $0 }
      .joined(separator: "\n") + "."
  }
}
