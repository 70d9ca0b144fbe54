internal import Text

extension TrainingSettings {
  /// Reads the settings that are named; the others are as in the decoder's base, or have the usual values of the recipe
  /// that is named, or that goes with those. A name that there is not is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingsFile.AnyKey.self)
    var names: [CodingKeys: SettingsFile.AnyKey] = [:]
    for name in container.allKeys {
      guard let key = CodingKeys(anyVersion: name.stringValue) else { throw Self.unknown(name) }
      if let other = names[key] {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: [name],
            debugDescription: "the same setting is given as \(other.stringValue)"))
      }
      names[key] = name
    }
    let named = names[.recipe].flatMap { try? container.decode(Recipe.self, forKey: $0) }
    self =
      Self.baseKey.flatMap { decoder.userInfo[$0] as? TrainingSettings }
      ?? .init(recipe: named ?? .usual(with: names.keys))
    for (key, name) in names {
      let setting = key.setting
      do {
        try setting.read(SettingsFile(container: container, name: name), &self)
      } catch let error as DecodingError where setting.readFile != nil {
        // One word where there is to be a list or a section: a file that has it.
        guard let reading = setting.readFile,
          let path = try? container.decode(String.self, forKey: name), !path.contains(" ")
        else { throw error }
        try reading(path, &self)
      } catch DecodingError.dataCorrupted where !setting.choices.isEmpty {
        throw DecodingError.dataCorrupted(
          .init(codingPath: [name], debugDescription: "is not \(setting.form)"))
      }
    }
  }

  private static func unknown(_ name: SettingsFile.AnyKey) -> DecodingError {
    let all = CodingKeys.allCases.map(\.rawValue)
    var ours = PeerNames.settings(name.stringValue, among: all)
    if ours.isEmpty {
      ours =
        Spelling.nearest(to: PeerNames.spelled(name.stringValue), among: all).map { [$0] } ?? []
    }
    let hint = ours.isEmpty ? "" : "; did you mean \(ours.joined(separator: " or "))?"
    return .dataCorrupted(
      .init(codingPath: [name], debugDescription: "unknown setting\(hint)"))
  }
}

/// A setting in a file, by the name that it has there.
struct SettingsFile {
  let container: KeyedDecodingContainer<AnyKey>
  let name: AnyKey

  /// The value; nil where there is none.
  func value<Value: Decodable>(_ type: Value.Type) throws -> Value? {
    if let type = Value.self as? any SettingText.Type { return try number(type) as? Value }
    if let type = Value.self as? any OptionalSetting.Type {
      guard let type = type.wrapped as? any SettingText.Type else {
        return try container.decodeIfPresent(Value.self, forKey: name)
      }
      return try number(type) as? Value
    }
    return try container.decodeIfPresent(Value.self, forKey: name)
  }

  private func number<Number: SettingText>(_ type: Number.Type) throws -> Number? {
    try container.number(type, name)
  }

  /// A name of any spelling.
  struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}

/// A setting that need not have a value.
private protocol OptionalSetting {
  static var wrapped: any Any.Type { get }
}

extension Optional: OptionalSetting {
  fileprivate static var wrapped: any Any.Type { Wrapped.self }
}
