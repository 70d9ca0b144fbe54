package import Images
internal import Networks

/// A setting that cannot be as it is, by its name in the table of settings.
public struct SettingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The setting's name, as in `config.yaml`.
  public let setting: String
  /// What is wrong with its value.
  public let cause: String

  package init(_ setting: String, cause: String) {
    self.setting = setting
    self.cause = cause
  }

  /// The error in a sentence.
  public var description: String { "`\(setting)`: \(cause)" }

  /// Refuses a value out of its setting's range.
  package static func check(_ setting: NumericSetting, _ value: Int?) throws(SettingError) {
    if let fault = setting.fault(value) { throw SettingError(setting.rawValue, cause: fault) }
  }

  /// Refuses a value out of its setting's range.
  package static func check(_ setting: NumericSetting, _ value: Double?) throws(SettingError) {
    if let fault = setting.fault(value) { throw SettingError(setting.rawValue, cause: fault) }
  }

  /// Refuses a size out of its range.
  package static func check(_ size: ImageSize?) throws(SettingError) {
    if let fault = NumericSetting.size.fault(size) { throw SettingError("size", cause: fault) }
  }

  /// Runs what may find that a network cannot have a size, which is the setting's fault where one is given.
  package static func blaming(_ size: ImageSize?, _ body: () throws -> Void) throws {
    try check(size)
    do {
      try body()
    } catch let error as NetworkError {
      guard case .imageSize = error else { throw error }
      throw SettingError("size", cause: "\(error)")
    }
  }
}
