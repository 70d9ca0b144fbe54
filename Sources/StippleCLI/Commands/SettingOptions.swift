import ArgumentParser
import Stipple
import SystemPackage

/// Which settings a command has flags for, and what they are called there.
protocol SettingSubset {
  static var keys: [TrainingSettings.CodingKeys] { get }
  static func name(_ key: TrainingSettings.CodingKeys) -> String
  /// The default in words, where it is not the one that training has.
  static func usual(_ key: TrainingSettings.CodingKeys) -> String?
}

/// All settings of training, by their own names.
enum AllSettings: SettingSubset {
  static let keys = TrainingSetting.Section.allCases.flatMap { section in
    TrainingSettings.CodingKeys.allCases.filter {
      $0.setting.section == section && $0.setting.hasFlag
    }
  }

  static func name(_ key: TrainingSettings.CodingKeys) -> String { key.rawValue }
  static func usual(_ key: TrainingSettings.CodingKeys) -> String? { nil }
}

typealias SettingOptions = SettingFlags<AllSettings>

/// The settings of training as flags, made from the table of settings: a new row is a new flag.
///
/// The parser finds the flags of a type by its mirror, in which others have their properties. Here it has the
/// table's rows.
struct SettingFlags<Subset: SettingSubset>: ParsableArguments, CustomReflectable {
  typealias Key = TrainingSettings.CodingKeys

  /// What was typed, by setting: a value, or "true" and "false" for a switch.
  private(set) var typed: [Key: String] = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    let flags = try decoder.container(keyedBy: Key.self)
    for key in Subset.keys {
      typed[key] =
        key.isSwitch
        ? try flags.decode(Flag<Bool?>.self, forKey: key).wrappedValue.map(String.init)
        : try flags.decode(Option<String?>.self, forKey: key).wrappedValue
    }
  }

  var customMirror: Mirror {
    Mirror(
      self,
      children: Subset.keys.map { ($0.rawValue, $0.flag(Subset.name($0), usual: Subset.usual($0))) }
    )
  }

  /// The files and folders that are named.
  var files: [FilePath] {
    typed.filter { $0.key.setting.namesFile }.map { FilePath($0.value) }
  }

  /// Takes the flags that are given into account.
  func apply(to settings: inout TrainingSettings) throws {
    // First what betas bring along: a schedule that is given beside them contradicts them, and is refused.
    for key in [.betas] + Subset.keys.filter({ $0 != .betas }) {
      if let text = typed[key] { try settings.set(key, to: text) }
    }
  }
}

extension TrainingSettings.CodingKeys {
  fileprivate var isSwitch: Bool { setting.value == nil }

  /// The flag as the parser declares it.
  fileprivate func flag(_ name: String, usual: String?) -> Any {
    let setting = setting
    let older = Self.olderNames.filter { $0.value == self }.keys.sorted()
    let names = NameSpecification(([name] + older).map { .customLong($0) })
    if isSwitch {
      return Flag<Bool?>(name: names, inversion: .prefixedNo, help: .setting(setting))
    }
    return Option<String?>(
      name: names, help: .setting(setting, default: usual),
      completion: setting.choices.isEmpty
        ? (setting.namesFile ? .file() : nil) : .list(setting.choices)
    ) { text in
      // Not the row from above: it may not be used from elsewhere.
      guard self.setting.accepts(text) else { throw Refusal(form: self.setting.form) }
      return text
    }
  }

  /// What the parser says behind "The value 'x' is invalid for '--size <WxH>'".
  private struct Refusal: Error, CustomStringConvertible {
    let form: String
    var description: String { "give \(form)" }
  }
}
