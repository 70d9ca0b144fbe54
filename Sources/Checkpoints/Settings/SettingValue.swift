internal import Diffusion
internal import Images

/// A value that a setting has, as the table of settings deals with it: read from what a user types, held within a
/// range, and written in words.
protocol SettingValue: Decodable {
  /// Reads what a user types; nil where that is no such value.
  init?(typed text: String)

  /// The words that it takes, where there are no others.
  static var choices: [String] { get }

  /// What it takes, in words: "a whole number, at least 1".
  static func form(_ range: SettingRange?) -> String

  /// What is wrong with its numbers; nil where nothing is.
  func fault(_ range: SettingRange) -> String?

  /// The value in words; nil for none.
  var words: String? { get }
}

extension SettingValue {
  static var choices: [String] { [] }
  func fault(_ range: SettingRange) -> String? { nil }
}

extension SettingValue where Self: RawRepresentable<String> & CaseIterable {
  init?(typed text: String) { self.init(rawValue: text) }
  static var choices: [String] { allCases.map(\.rawValue) }
  static func form(_ range: SettingRange?) -> String {
    "one of " + choices.joined(separator: ", ")
  }
  var words: String? { rawValue }
}

extension SettingValue where Self: CustomStringConvertible {
  var words: String? { description }
}

extension Optional: SettingValue where Wrapped: SettingValue {
  init?(typed text: String) {
    guard let value = Wrapped(typed: text) else { return nil }
    self = value
  }
  static var choices: [String] { Wrapped.choices }
  static func form(_ range: SettingRange?) -> String { Wrapped.form(range) }
  func fault(_ range: SettingRange) -> String? { self?.fault(range) }
  var words: String? { self?.words }
}

extension Bool: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String { "true or false" }
}

extension Int: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String { range.map { "\($0)" } ?? "a whole number" }
  func fault(_ range: SettingRange) -> String? { range.fault(self) }
}

extension UInt64: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String { "a whole number in 0...\(max)" }
}

extension Double: SettingValue {
  init?(typed text: String) {
    // Hexadecimal numbers are none for whole numbers either.
    if text.contains(where: { $0 == "x" || $0 == "X" }) { return nil }
    self.init(text)
  }
  static func form(_ range: SettingRange?) -> String { range.map { "\($0)" } ?? "a number" }
  func fault(_ range: SettingRange) -> String? { range.fault(self) }
  var words: String? { SettingRange.text(self) }
}

extension String: SettingValue {
  init?(typed text: String) {
    if text.isEmpty { return nil }
    self = text
  }
  static func form(_ range: SettingRange?) -> String { "a text" }
}

extension ImageSize: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String {
    "WIDTHxHEIGHT, or one number for a square" + (range.map { ", each \($0)" } ?? "")
  }
  func fault(_ range: SettingRange) -> String? {
    [width, height].lazy.compactMap(range.fault).first.map { "\(self): \($0)" }
  }
}

extension RunTime: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String {
    "a time such as 90s, 20m, 8h or 2d, at most 317 years"
  }
  func fault(_ range: SettingRange) -> String? { range.fault(seconds) }
}

extension NoiseRange: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String {
    "two numbers such as 0..75, the second larger"
  }
  func fault(_ range: SettingRange) -> String? { range.fault(lowest) ?? range.fault(highest) }
}

extension Recording: SettingValue {
  init?(typed text: String) { self.init(text) }
  static func form(_ range: SettingRange?) -> String { "every=N or first=N" }
  func fault(_ range: SettingRange) -> String? {
    switch self {
    case .every(let number), .first(let number): range.fault(number)
    }
  }
}

extension Betas: SettingValue {
  /// A file's name is typed, which the table's row reads.
  init?(typed text: String) { nil }
  static func form(_ range: SettingRange?) -> String { "a file" }
  var words: String? { "\(values.count) of a file" }
}

extension Degradation: SettingValue {
  /// A file's name is typed, which the table's row reads.
  init?(typed text: String) { nil }
  static func form(_ range: SettingRange?) -> String { "a YAML file" }
  var words: String? { summary }
}

extension Fit: SettingValue {}
extension LearningRateSchedule: SettingValue {}
extension TrainingSettings.Classes: SettingValue {}
extension TrainingSettings.ValidationSplit: SettingValue {}
extension TrainingSettings.Precision: SettingValue {}
extension TrainingSettings.GradientType: SettingValue {}
extension Objective: SettingValue {}
extension ReverseVariance: SettingValue {}
extension TrainingSettings.Sampling: SettingValue {}
extension TrainingSettings.Recipe: SettingValue {}
extension TrainingSettings.LossWeighting: SettingValue {}
