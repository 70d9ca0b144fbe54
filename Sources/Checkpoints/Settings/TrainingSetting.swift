/// What is known of a setting of training beside its name and its usual value. `config.yaml`, validation, `--help` and
/// the comparison with a run that continues read it here.
///
/// Its numbers are held within the range of the `NumericSetting` of its name.
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
  /// What it usually is, in words; nil where there is nothing to say.
  public let usual: String?
  /// Whether it may change when a run continues.
  public let isChangeable: Bool
  /// Takes it from a file, where it is there.
  let read: (SettingsFile, inout TrainingSettings) throws -> Void
  /// What is wrong with its numbers; nil where nothing is.
  let fault: (NumericSetting, TrainingSettings) -> String?

  /// - Parameters:
  ///   - path: where it is.
  ///   - usual: what it usually is, where the value does not say.
  init<Value: Decodable>(
    _ path: WritableKeyPath<TrainingSettings, Value>, _ section: Section, _ help: String,
    _ value: String? = nil, usual: String? = nil, isChangeable: Bool = false
  ) {
    (self.section, self.help, self.value) = (section, help, value)
    self.isChangeable = isChangeable
    self.usual = usual ?? (value == nil ? nil : Self.words(TrainingSettings()[keyPath: path]))
    read = { file, settings in
      if let value = try file.value(Value.self) { settings[keyPath: path] = value }
    }
    fault = { setting, settings in
      (settings[keyPath: path] as? any RangedValue)?.fault(setting)
    }
  }

  private static func words(_ value: Any) -> String? {
    switch value {
    case let value as any RawRepresentable<String>: value.rawValue
    case let value as Double: Int(exactly: value).map(String.init) ?? "\(value)"
    case let value as Int: "\(value)"
    case let value as UInt64: "\(value)"
    case let value as String: value
    default: nil
    }
  }
}

/// The numbers of a setting, which have a range.
private protocol RangedValue {
  func fault(_ setting: NumericSetting) -> String?
}

extension Int: RangedValue {
  fileprivate func fault(_ setting: NumericSetting) -> String? { setting.fault(self) }
}

extension Double: RangedValue {
  fileprivate func fault(_ setting: NumericSetting) -> String? { setting.fault(self) }
}

extension RunTime: RangedValue {
  fileprivate func fault(_ setting: NumericSetting) -> String? { setting.fault(seconds) }
}

extension NoiseRange: RangedValue {
  fileprivate func fault(_ setting: NumericSetting) -> String? {
    setting.fault(lowest) ?? setting.fault(highest)
  }
}

extension ImageSize: RangedValue {
  fileprivate func fault(_ setting: NumericSetting) -> String? { setting.fault(self) }
}

extension Optional: RangedValue where Wrapped: RangedValue {
  fileprivate func fault(_ setting: NumericSetting) -> String? { self?.fault(setting) }
}
