internal import Files
import Foundation
public import SystemPackage
internal import Text
internal import Yams

/// A run's settings as its `config.yaml` keeps them.
package enum RunSettings {
  /// Writes the settings of a new run; of one that goes on, checks that they are the same and takes
  /// over what may change: where it ends, how often it saves and draws, what it records, and how many threads it
  /// has.
  ///
  /// A run that failed before its first step has nothing to lose and counts as new.
  ///
  /// - Returns: the settings of the run that goes on, as they were; nil of a new one.
  /// - Throws: `RunError.settingsDiffer`, which names each difference; `cannotContinue` where the run is past its new end.
  @discardableResult
  package static func settle(
    _ settings: TrainingSettings, in folder: RunFolder, keepingConfiguration isKept: Bool
  ) throws -> TrainingSettings? {
    let old = try check(settings, in: folder)
    if try old != settings || !Folders.exists(folder.settingsFile) {
      try folder.writeSettings(try text(of: settings), keeping: isKept)
    }
    return old
  }

  /// Checks that a run that goes on has the same `keys`, on which others depend.
  ///
  /// - Throws: `RunError.settingsDiffer`.
  package static func check(
    _ keys: [TrainingSettings.CodingKeys], of settings: TrainingSettings, in folder: RunFolder
  ) throws {
    guard try !folder.isNew, let old = try folder.trainedSettings() ?? folder.settings() else {
      return
    }
    let differences = try difference(old, settings, in: keys)
    if !differences.isEmpty { throw RunError.settingsDiffer(folder.path, differences) }
  }

  /// Checks, as `settle` does, that a run can go on with settings. Nothing is written.
  package static func check(
    _ settings: TrainingSettings, in folder: RunFolder
  ) throws -> TrainingSettings? {
    guard try !folder.isNew, let old = try folder.settings() else { return nil }
    // What the run has trained with, whatever its file says by now.
    let differences = try difference(folder.trainedSettings() ?? old, settings)
    if !differences.isEmpty {
      throw RunError.settingsDiffer(folder.path, differences)
    }
    func refuse(_ trained: String, _ setting: String, _ end: String) -> RunError {
      .cannotContinue(
        folder.path,
        cause: "already trained for \(trained), and `\(setting)` would end it \(end); give more")
    }
    if let last = settings.lastStep, last != old.lastStep,
      let step = try folder.wholeCheckpoint(after: last)?.step
    {
      let name = settings.distillation == nil ? "steps" : "training-steps"
      throw refuse(counted(step, "step"), name, "at \(last)")
    }
    if let time = settings.time, time != old.time,
      let newest = try folder.wholeCheckpoint(after: 0)?.path,
      let state = try CheckpointConfiguration(CheckpointFile(opening: newest)).run,
      state.seconds > time.seconds
    {
      throw refuse(durationInWords(state.seconds), "time", "after \(time)")
    }
    return old
  }

  /// The settings as YAML.
  static func text(of settings: TrainingSettings) throws -> String {
    guard let mapping = try node(of: settings) else { return "" }
    return try Yams.serialize(node: .mapping(readable(mapping)))
  }

  /// The same with its numbers as every reader takes them for numbers.
  private static func readable(_ mapping: Node.Mapping) -> Node.Mapping {
    var mapping = mapping
    for (key, value) in mapping {
      if let section = value.mapping { mapping[key] = .mapping(readable(section)) }
      guard value.tag == Tag(.float), let number = value.float else { continue }
      mapping[key] = Node(YAMLNumber.text(number))
    }
    return mapping
  }

  private static func node(of settings: TrainingSettings) throws -> Node.Mapping? {
    try Yams.compose(yaml: YAMLEncoder().encode(settings))?.mapping
  }

  /// Each setting that differs and may not, as "batch: 16 there, 32 here".
  private static func difference(
    _ old: TrainingSettings, _ new: TrainingSettings,
    in keys: [TrainingSettings.CodingKeys] = TrainingSettings.CodingKeys.allCases
  ) throws -> [String] {
    let (old, new) = (try values(old), try values(new))
    return keys.compactMap { key in
      let (there, here) = (old[key.rawValue], new[key.rawValue])
      if there == here || key.setting.isChangeable { return nil }
      // A thousand numbers tell nobody anything.
      if [.betas, .degradation, .distillation].contains(key) {
        if there != nil, here != nil { return "\(key.rawValue): different values" }
        return "\(key.rawValue): \(there == nil ? "not set" : "set") there, "
          + "\(here == nil ? "not set" : "set") here"
      }
      return "\(key.rawValue): \(there ?? "not set") there, \(here ?? "not set") here"
    }
  }

  private static func values(_ settings: TrainingSettings) throws -> [String: String] {
    // The usual ends of a schedule are the same whether they are written or not.
    var settings = settings
    (settings.betaStart, settings.betaEnd) = settings.betaEnds
    settings.replay = settings.replay.map { Place(FilePath($0)).path.string }
    guard let mapping = try Yams.compose(yaml: text(of: settings))?.mapping else { return [:] }
    return Dictionary(
      try mapping.map {
        ($0.key.string ?? "", try $0.value.string ?? Yams.serialize(node: $0.value))
      }, uniquingKeysWith: { $1 })
  }
}

extension RunFolder {
  /// Whether there is no run to go on with, by its checkpoints or the rows of its table.
  package var isNew: Bool {
    get throws {
      try checkpointSteps().isEmpty && brokenCheckpoints().isEmpty && !hasSteps
    }
  }

  /// Whether its table has rows: of a run that was ended before its first checkpoint, or whose checkpoints were moved.
  public var hasSteps: Bool {
    get throws {
      // What else is in its place is refused where it is opened.
      guard Place(metrics).content == .file else { return false }
      return try RegularFile.bytes(of: metrics).lazy.filter { $0 == UInt8(ascii: "\n") }.prefix(2)
        .count == 2
    }
  }

  /// The settings of the run that a new session would go on with, from `config.yaml` or else its newest checkpoint; nil
  /// where there is none. A run that failed before its first step has those that it wrote.
  ///
  /// - Throws: what keeps `config.yaml` from being read.
  public func settings() throws -> TrainingSettings? {
    if try isNew, try !hasOwnSettings { return nil }
    if try Folders.exists(settingsFile) {
      let settings = try TrainingSettings(yaml: settingsFile, over: .before)
      // That of a run names its network.
      if try settings.preset == TrainingSettings.automaticPreset && trainedSettings() != nil {
        throw try FileError(
          settingsFile, "could not be read",
          cause:
            "it has no preset, as if emptied or cut off; delete it to go on with the checkpoint's settings"
        )
      }
      return settings
    }
    return try trainedSettings()
  }

  /// The settings that the newest readable checkpoint was trained with; nil where there is none.
  func trainedSettings() throws -> TrainingSettings? {
    for step in try checkpointSteps().reversed() {
      let file = try? CheckpointFile(opening: checkpoint(step: step))
      if let settings = file.flatMap({ try? CheckpointConfiguration($0).training }) {
        return settings
      }
    }
    return nil
  }
}

extension TrainingSettings {
  /// What a run has whose file does not say it, being older than the setting.
  package static var before: TrainingSettings {
    var settings = TrainingSettings(recipe: .ddpm)
    settings.validationSplit = .each
    return settings
  }

  /// Reads settings from a YAML or a JSON file.
  ///
  /// - Parameter base: what settings have that the file does not name; nil for their usual values.
  /// - Throws: `RunError.configuration` with the file and what is wrong with it.
  public init(yaml path: FilePath, over base: TrainingSettings? = nil) throws {
    var options: [CodingUserInfoKey: any Sendable] = [:]
    if let key = Self.baseKey { options[key] = base }
    let text = try SettingsText(path)
    self = try text.decode(TrainingSettings.self, options)
    for name in text.names {
      guard let cause = CodingKeys(anyVersion: name)?.setting.fault(self) else { continue }
      throw text.refusal(of: name, cause)
    }
  }

  /// The settings that a YAML or a JSON file names.
  public static func named(in path: FilePath) throws -> Set<CodingKeys> {
    Set(try SettingsText(path).names.compactMap(CodingKeys.init(anyVersion:)))
  }

  /// Under which the settings to start from are handed to the decoder.
  static let baseKey = CodingUserInfoKey(rawValue: "base")
}
