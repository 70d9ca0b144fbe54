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

  private static func row(_ key: TrainingSettings.CodingKeys) -> String {
    let setting = key.setting
    let name = "`\(key.rawValue)`" + (setting.hasFlag ? "" : " (no option)")
    let usual = setting.value == nil ? "false" : setting.usual ?? "none"
    return
      "| \(name) | \(setting.help.replacing(", see below", with: "")) | \(setting.form) | \(usual) | \(setting.isChangeable ? "yes" : "no") |"
  }
}
