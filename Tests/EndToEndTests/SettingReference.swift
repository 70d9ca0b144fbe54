import Foundation
import Stipple

/// docs/settings.md as the table of settings has it.
enum SettingReference {
  static var text: String {
    var lines = [
      """
      # Settings of training

      The names are those of the options of `stipple train` (`--batch 16`, `--flip`, `--no-flip`), of the keys of
      `config.yaml` (`batch: 16`, `flip: true`) and of `TrainingSettings.set(_:to:)`. Options override the file that
      `--config` names; both override what a preset changes. When a run continues, only the settings marked "yes" may
      change. This page is written from the table of settings, and a test compares them.

      The defaults are those of recipe `flow`, but for what a preset changes. Without `recipe`, any of \(process)
      implies recipe `ddpm`, whose defaults are: \(changes(of: .ddpm)).
      """
    ]
    for section in TrainingSetting.Section.allCases {
      lines += [
        "", "## \(section.rawValue.capitalized)", "",
        "| name | meaning | values | default | may change |", "| --- | --- | --- | --- | --- |",
      ]
      lines += TrainingSettings.CodingKeys.allCases
        .filter { $0.setting.section == section }.map(row)
    }
    let older = TrainingSettings.CodingKeys.olderNames.sorted { $0.key < $1.key }
      .map { "`\($0.key)` (now `\($0.value.rawValue)`)" }
    lines += ["", "Older names that are still read: " + older.joined(separator: ", ") + "."]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The settings that imply a recipe.
  private static var process: String {
    let names = TrainingSettings.Recipe.settingsOfProcess.map { "`\($0.rawValue)`" }
    return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }

  /// What a recipe has other than the usual one: "`warmup` 500, …".
  private static func changes(of recipe: TrainingSettings.Recipe) -> String {
    let (usual, other) = (TrainingSettings(), TrainingSettings(recipe: recipe))
    return TrainingSettings.CodingKeys.allCases.filter { $0 != .recipe }.compactMap { key in
      guard let words = key.setting.words(other), words != key.setting.words(usual) else {
        return nil
      }
      return "`\(key.rawValue)` \(words)"
    }
    .joined(separator: ", ")
  }

  private static func row(_ key: TrainingSettings.CodingKeys) -> String {
    let setting = key.setting
    let name = "`\(key.rawValue)`" + (setting.hasFlag ? "" : " (no option)")
    let usual = setting.value == nil ? "false" : setting.usual ?? "none"
    return
      "| \(name) | \(setting.help.replacing(", see below", with: "")) | \(setting.form) | \(usual) | \(setting.isChangeable ? "yes" : "no") |"
  }
}
