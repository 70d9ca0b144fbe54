import ArgumentParser
import Stipple
import SystemPackage

/// The settings of a training run; a flag that is not given leaves what `--config` says, or what the run folder's
/// run has, or the usual value.
struct TrainingOptions: ParsableArguments {
  @OptionGroup var flags: SettingOptions
  @OptionGroup(title: "Run") var run: RunOptions

  /// Where settings come from beside flags.
  struct RunOptions: ParsableArguments {
    @Option(help: .text("YAML or JSON settings file; options override it.", "FILE"))
    var config: FilePath?
  }

  /// The settings with all flags taken into account.
  ///
  /// What is not given anywhere is usual for the preset.
  ///
  /// - Parameters:
  ///   - folder: whose settings stand for what is not given, where it holds a run.
  ///   - start: the model that a new run starts from, if any.
  func resolved(for folder: RunFolder, startingFrom start: DiffusionModel?) throws
    -> TrainingSettings
  {
    let configured = try configured
    var settings: TrainingSettings
    let old = try folder.settings()
    if let old {
      settings = old
    } else if let start, let name = startName(configured) {
      settings = try TrainingSettings(
        startingFrom: start, named: name,
        recipe: flags.typed[.recipe].flatMap(TrainingSettings.Recipe.init))
    } else {
      settings = TrainingSettings(
        preset: flags.typed[.preset] ?? configured?.preset ?? TrainingSettings.automaticPreset,
        recipe: try recipe(configured))
      // A new run is begun as the examples were that it is to be trained on.
      if let path = flags.typed[.replay] ?? configured?.replay {
        let objective = settings.objective
        try settings.adopt(replay: FilePath(path))
        if let recipe = flags.typed[.recipe], settings.objective != objective {
          throw ValidationError(
            "--recipe: \(recipe) has the objective \(objective.rawValue), but \(path) was recorded for "
              + "\(settings.objective.rawValue)")
        }
      }
    }
    try checkRecipe(configured)
    // A new end, of either kind, takes the place of the run's.
    let end = (steps: settings.steps, time: settings.time)
    (settings.steps, settings.time) = (nil, nil)
    if let config = run.config { settings = try TrainingSettings(yaml: config, over: settings) }
    try flags.apply(to: &settings)
    // What a run has is compared with what is given.
    if old == nil { try settings.checkEffect(of: flags.typed.keys) }
    if settings.steps == nil && settings.time == nil {
      (settings.steps, settings.time) = end
    }
    if let config = run.config {
      try settings.checkDiffusion(of: config, besides: flags.typed.keys)
    }
    return settings
  }

  /// The model that a new run starts from; nil where it starts from random weights, or goes on.
  func start(of folder: RunFolder, by processes: ProcessGroup) throws -> DiffusionModel? {
    guard try folder.settings() == nil, let name = startName(try configured) else { return nil }
    return try DiffusionModel.read(FilePath(name), by: processes, report: Console.note)
  }

  private func startName(_ configured: TrainingSettings?) -> String? {
    flags.typed[.startFrom] ?? configured?.startFrom
  }

  /// What the settings file says, if there is one.
  private var configured: TrainingSettings? {
    get throws { try run.config.map { try TrainingSettings(yaml: $0) } }
  }

  /// The recipe that is named, or that goes with what else is named; nil for the preset's.
  private func recipe(_ configured: TrainingSettings?) throws -> TrainingSettings.Recipe? {
    if let typed = flags.typed[.recipe] { return .init(rawValue: typed) }
    let named = try named
    if named.contains(.recipe) { return configured?.recipe }
    let usual = TrainingSettings.Recipe.usual(with: named)
    return usual == .standard ? nil : usual
  }

  /// Refuses the recipe of an option where the settings file sets parts of another.
  private func checkRecipe(_ configured: TrainingSettings?) throws {
    guard let typed = flags.typed[.recipe], let config = run.config,
      let other = configured?.recipe, other.rawValue != typed
    else { return }
    let named = try TrainingSettings.named(in: config)
    let parts = TrainingSettings.Recipe.settingsOfProcess.filter(named.contains)
    if parts.isEmpty { return }
    let list = parts.map(\.rawValue).joined(separator: ", ")
    throw ValidationError(
      "--recipe: \(config) sets \(list), which belong to the recipe \(other.rawValue); leave --recipe out, or "
        + "remove them from the file")
  }

  /// The settings that are given, as options or in the settings file.
  private var named: Set<TrainingSettings.CodingKeys> {
    get throws {
      try (run.config.map(TrainingSettings.named(in:)) ?? []).union(flags.typed.keys)
    }
  }

  /// The settings that imply the recipe of a new run; none where one is named, or the preset's is the same.
  func implyingRecipe(of folder: RunFolder) throws -> [TrainingSettings.CodingKeys] {
    let (named, configured) = (try named, try configured)
    guard try folder.settings() == nil, startName(configured) == nil, !named.contains(.recipe)
    else { return [] }
    let preset = flags.typed[.preset] ?? configured?.preset ?? TrainingSettings.automaticPreset
    let usual = TrainingSettings.Recipe.usual(with: named)
    if usual == .standard || usual == TrainingSettings(preset: preset).recipe { return [] }
    return TrainingSettings.Recipe.settingsOfProcess.filter(named.contains)
  }
}
