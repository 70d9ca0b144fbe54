internal import Checkpoints
internal import Compiler
internal import Diffusion
internal import Files
internal import Graph
internal import Images
internal import Networks
internal import Sampling
internal import Text

/// The network of a run, and why where nobody named it.
struct ChosenPreset: Codable {
  /// Below so many steps of `small`, `tiny` makes better pictures in the same time (BENCHMARKS.md).
  private static let fewestSteps = 2000

  let name: String
  /// Nil where there is nothing to tell.
  private(set) var cause: String?

  /// The network that the settings name, or with `auto` the one that the run was begun with or that suits its time.
  init(
    for settings: TrainingSettings, begunWith begun: String?, _ size: ImageSize, channels: Int,
    _ clocks: Clocks
  ) throws {
    guard settings.preset == TrainingSettings.automaticPreset else {
      name = settings.preset
      return
    }
    let usual = UNetPreset.small
    let steps =
      begun == nil ? try Self.steps(of: usual, settings, size, channels: channels, clocks) : nil
    guard let steps, steps < Double(Self.fewestSteps) else {
      name = begun ?? usual.rawValue
      return
    }
    name = UNetPreset.tiny.rawValue
    cause =
      "preset tiny: small would reach only about \(counted(Int(steps), "step")) "
      + "in \(settings.time?.description ?? "")"
  }

  /// How many steps a network makes in the time given; nil where the run ends otherwise.
  private static func steps(
    of preset: UNetPreset, _ settings: TrainingSettings, _ size: ImageSize, channels: Int,
    _ clocks: Clocks
  ) throws -> Double? {
    let network = preset.configuration(
      channels: channels, levels: try settings.levels(of: preset, size, begunWith: nil))
    guard let time = settings.time, settings.steps == nil, !settings.isDenoiser,
      size.width % network.strideMultiple + size.height % network.strideMultiple == 0
    else { return nil }
    var plain = TrainingSettings(recipe: .ddpm)
    plain.batch = settings.batch
    plain.precision = settings.precision
    plain.threads = settings.threads
    let configuration = ModelConfiguration(
      network: network, schedule: try plain.noiseSchedule(), objective: plain.objective,
      width: size.width, height: size.height)
    let goal = NetworkTrial.Piece(batch: plain.batch, width: size.width, height: size.height)
    let step = try TrainingPlan.trial(configuration, plain, clocks).seconds(goal).seconds
    return time.seconds / (step * Double(settings.accumulate))
  }
}

extension TrainingSettings {
  /// The levels of the network: those given, or those that a run was begun with, or those that suit the images.
  func levels(
    of preset: UNetPreset, _ size: ImageSize, begunWith begun: TrainingSettings?
  ) throws(SettingError) -> Int {
    let own = preset.ownLevels
    guard let levels else {
      return begun.map { $0.levels ?? own } ?? preset.levels(width: size.width, height: size.height)
    }
    let hasAttention = preset.configuration(channels: 3).hasAttention
    guard levels >= own, levels == own || hasAttention else {
      throw SettingError(
        CodingKeys.levels.rawValue,
        cause: "preset \(preset.rawValue) has \(own) levels" + (hasAttention ? " or more" : ""))
    }
    return levels
  }
}

extension TrainingPlan {
  /// How fast a network trains, from a small piece of the work on blank images.
  static func trial(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings, _ clocks: Clocks
  ) throws -> NetworkTrial {
    let goal = NetworkTrial.Piece(
      batch: settings.batch, width: configuration.images.width,
      height: configuration.images.height)
    return try NetworkTrial(configuration.network, towards: goal, clocks: clocks) { piece in
      try Self.step(piece, configuration, settings)
    }
  }

  private static func step(
    _ piece: NetworkTrial.Piece, _ configuration: ModelConfiguration, _ settings: TrainingSettings
  ) throws -> NetworkTrial.Work {
    var (configuration, settings) = (configuration, settings)
    (configuration.images.width, configuration.images.height) = (piece.width, piece.height)
    (settings.batch, settings.accumulate) = (piece.batch, 1)
    // Weights that are all zero take as long as others, and no time to draw.
    let step = try TrainingStep(
      configuration, settings, try NoiseSchedule(configuration.schedule),
      optimizer: try AdamW(
        try ParameterStore(configuration.network.parameters, on: Machine.backend)))
    let size = configuration.channels * piece.width * piece.height
    let images = [Float](repeating: 0, count: piece.batch * size)
    let labels = configuration.classNames.map { _ in [Int](repeating: 0, count: piece.batch) }
    let augmentation = configuration.network.augmentationLabels.map {
      [Float](repeating: 0, count: piece.batch * $0)
    }
    let batch = TrainingBatch.images(images, classes: labels, augmentation: augmentation)
    var number = 0
    return NetworkTrial.Work(program: step.program) {
      _ = try step(number) { _ in batch }
      number += 1
    }
  }
}
