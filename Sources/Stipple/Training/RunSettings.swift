internal import Files
import Foundation
public import SystemPackage
internal import Yams

/// A run's settings as its `config.yaml` keeps them.
enum RunSettings {
  /// Writes the settings of a new run; of one that goes on, checks that they are the same and takes
  /// over what may change: where it ends, how often it saves and draws, and how many threads it has.
  ///
  /// - Throws: `TrainingError.settingsDiffer`, which names each difference.
  static func settle(_ settings: TrainingSettings, in folder: RunFolder) throws {
    let path = folder.configuration
    let text = try YAMLEncoder().encode(settings)
    guard FileManager.default.fileExists(atPath: path.string) else {
      return try AtomicFile.write(text.utf8, to: path)
    }
    let old = try TrainingSettings(yaml: path)
    let differences = try difference(old, settings)
    if !differences.isEmpty {
      throw TrainingError.settingsDiffer(folder.path, differences)
    }
    if old != settings { try AtomicFile.write(text.utf8, to: path) }
  }

  /// Each setting that differs and may not, as "batch: 16 there, 32 here".
  private static func difference(_ old: TrainingSettings, _ new: TrainingSettings) throws
    -> [String]
  {
    let (old, new) = (try values(old), try values(new))
    return TrainingSettings.CodingKeys.allCases.compactMap { key in
      let (there, here) = (old[key.rawValue], new[key.rawValue])
      if there == here || TrainingSettings.changeable.contains(key) { return nil }
      return "\(key.rawValue): \(there ?? "not set") there, \(here ?? "not set") here"
    }
  }

  private static func values(_ settings: TrainingSettings) throws -> [String: String] {
    let node = try YAMLEncoder().encode(settings)
    guard let mapping = try Yams.compose(yaml: node)?.mapping else { return [:] }
    return Dictionary(
      mapping.map { ($0.key.string ?? "", $0.value.string ?? "") }, uniquingKeysWith: { $1 })
  }
}

extension TrainingSettings {
  /// Reads settings from a YAML file; what it does not name has its usual value.
  ///
  /// - Throws: `TrainingError.configuration` with the file and what is wrong with it.
  public init(yaml path: FilePath) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path.string))
    } catch {
      throw FileError(path, "could not be read", Errno.noSuchFileOrDirectory)
    }
    do {
      self = try YAMLDecoder().decode(TrainingSettings.self, from: data)
    } catch let error as DecodingError {
      throw TrainingError.configuration(path, cause: Self.describe(error))
    } catch {
      throw TrainingError.configuration(path, cause: "\(error)")
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .keyNotFound(_, let context),
      .typeMismatch(_, let context), .valueNotFound(_, let context):
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      return key.isEmpty ? context.debugDescription : "\(key): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}
