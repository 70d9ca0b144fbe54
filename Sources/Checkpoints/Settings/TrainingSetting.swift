/// A row of the table of training settings: all that is known of a setting beside its name. `config.yaml`, validation,
/// the program's flags, `--help`, the comparison with a run that continues, `inspect` and docs/settings.md read it.
public struct TrainingSetting {
  /// What settings are about, as sections of a help text.
  public enum Section: String, Sendable, CaseIterable {
    case data, model, diffusion, optimization, run, output
    /// What few runs need.
    case advanced
  }

  /// What it is about.
  public let section: Section
  /// What it is, in a line. Other settings are named in backquotes.
  public let help: String
  /// What stands for a value: "N", "WxH"; nil for a switch.
  public let value: String?
  /// What values it takes: "a whole number, at least 1", "one of crop, resize".
  public let form: String
  /// The words that it takes, where there are no others.
  public let choices: [String]
  /// The range of its numbers.
  public let range: SettingRange?
  /// The default, in words; nil where there is nothing to say.
  public let usual: String?
  /// Whether it may change when a run continues.
  public let isChangeable: Bool
  /// Whether the program has a flag for it.
  public let hasFlag: Bool
  /// Whether its value names a file or folder.
  public let namesFile: Bool
  /// Whether a text is a value of it; of a file nothing is read.
  public let accepts: (String) -> Bool
  /// Its value in settings, in words; nil where it has none.
  public let words: (TrainingSettings) -> String?
  /// Takes it from a file, where it is there.
  let read: (SettingsFile, inout TrainingSettings) throws -> Void
  /// Takes it from the file that a user names, where it is kept in one of its own.
  let readFile: ((String, inout TrainingSettings) throws -> Void)?
  /// Takes what a user types, where it is a value.
  let take: (String, inout TrainingSettings) throws -> Void
  /// What is wrong with its value; nil where nothing is.
  let fault: (TrainingSettings) -> String?

  /// - Parameters:
  ///   - path: where it is.
  ///   - usual: the default, where the value does not say.
  ///   - choices: the words that it takes, where the type does not say.
  ///   - form: what values it takes, where neither type, range nor choices say.
  ///   - isValid: whether a value of the type is one of them, where the range does not say.
  ///   - file: reads the value from the file that a user names.
  init<Value: SettingValue>(
    _ path: WritableKeyPath<TrainingSettings, Value>, _ section: Section, _ help: String,
    _ value: String? = nil, range: SettingRange? = nil, usual: String? = nil,
    choices: [String]? = nil, form: String? = nil,
    isValid: @escaping (Value) -> Bool = { _ in true }, isChangeable: Bool = false,
    hasFlag: Bool = true,
    namesFile: Bool = false,
    file: ((String, inout TrainingSettings) throws -> Void)? = nil
  ) {
    (self.section, self.help, self.value, self.range) = (section, help, value, range)
    (self.isChangeable, self.hasFlag) = (isChangeable, hasFlag)
    self.choices = choices ?? Value.choices
    let form =
      form ?? choices.map { "one of " + $0.joined(separator: ", ") } ?? Value.form(range)
    self.form = form
    self.usual = usual ?? (value == nil ? nil : TrainingSettings()[keyPath: path].words)
    words = { $0[keyPath: path].words }
    read = { file, settings in
      if let value = try file.value(Value.self) { settings[keyPath: path] = value }
    }
    readFile = file
    self.namesFile = namesFile || file != nil
    accepts = { file == nil ? Value(typed: $0).map(isValid) ?? false : !$0.isEmpty }
    take = { text, settings in
      if let file {
        try file(text, &settings)
      } else if let value = Value(typed: text) {
        settings[keyPath: path] = value
      }
    }
    fault = { settings in
      let value = settings[keyPath: path]
      if !isValid(value) {
        let words = value.words ?? ""
        return "\(words.isEmpty ? "an empty text" : words) is invalid; give \(form)"
      }
      return range.flatMap(value.fault)
    }
  }
}

extension TrainingSettings {
  /// Gives a setting the value that a user types for it, as in `set(.batch, to: "16")`.
  ///
  /// - Throws: `SettingError` where that is no value of it, or what is wrong with a file that it names. Whether the
  ///   settings go together is for `TrainingPlan` to say.
  public mutating func set(_ key: CodingKeys, to text: String) throws {
    let setting = key.setting
    guard setting.accepts(text) else {
      throw SettingError(key.rawValue, cause: "\(text) is invalid; give \(setting.form)")
    }
    try setting.take(text, &self)
  }
}
