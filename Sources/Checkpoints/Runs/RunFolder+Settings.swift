internal import Files
public import SystemPackage
internal import Yams

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A run's settings beside a config.yaml that a user has written.
extension RunFolder {
  /// All settings of a run whose `config.yaml` is a user's own, which stays as it is.
  package var fullConfiguration: FilePath { path.appending("config.full.yaml") }

  /// The file that has the run's settings.
  package var settingsFile: FilePath {
    get throws { try Folders.exists(fullConfiguration) ? fullConfiguration : configuration }
  }

  /// Whether a run has written its settings here, rather than a user.
  var hasOwnSettings: Bool {
    get throws { try Folders.exists(fullConfiguration) || Self.isOwnConfiguration(configuration) }
  }

  /// Writes a run's settings: to `config.yaml`, or where that is not Stipple's own, beside it.
  ///
  /// - Parameter isKept: whether `config.yaml` stays even though it could be Stipple's own.
  /// - Throws: `OutputError.foreign` where `config.yaml` has no settings at all.
  func writeSettings(_ text: String, keeping isKept: Bool) throws {
    if try Folders.exists(configuration), isKept || !Self.isOwnConfiguration(configuration) {
      let isKnown = try !isNew || (try? TrainingSettings(yaml: configuration)) != nil
      guard isKnown else {
        throw OutputError.foreign(configuration, kind: OutputKind.settings.name)
      }
      return try AtomicFile.write(text.utf8, to: fullConfiguration)
    }
    try AtomicFile.write(text.utf8, to: configuration)
    _ = fullConfiguration.withPlatformString { unlink($0) }
  }

  /// Whether a `config.yaml` is as Stipple writes it: with all usual settings, and without comments, which
  /// only a user adds.
  static func isOwnConfiguration(_ path: FilePath) -> Bool {
    typealias Key = TrainingSettings.CodingKeys
    let usual: [Key] = [
      .preset, .size, .fit, .channels, .batch, .learningRate, .warmup, .seed, .schedule, .objective,
      .keep,
    ]
    guard (try? TrainingSettings(yaml: path)) != nil,
      let text = try? SettingsText.text(of: path),
      !text.split(separator: "\n").contains(where: { $0.hasPrefix("#") || $0.contains(" #") }),
      let mapping = try? Yams.compose(yaml: text)?.mapping
    else { return false }
    return usual.allSatisfy { mapping[$0.rawValue] != nil }
  }
}

extension RunFolder {
  /// Whether `config` is this folder's `config.yaml`.
  public func isConfiguration(_ config: FilePath?) -> Bool {
    config.map { Place($0).isSame(as: Place(configuration)) } == true
  }

  /// The files of steps in a folder.
  package func files(in folder: FilePath, _ suffix: String) throws -> [FilePath] {
    try Folders.names(in: folder).filter { $0.hasPrefix("step-") && $0.hasSuffix("." + suffix) }
      .sorted().map { folder.appending($0) }
  }
}
