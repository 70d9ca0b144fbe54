internal import Checkpoints
internal import Compiler
internal import Diffusion
internal import Files
internal import Graph
internal import Images
internal import Networks
internal import Sampling

// Which network a run has that names none, and how fast one is.
extension TrainingPlan {
  /// Below so many steps of `small`, `tiny` makes better pictures in the same time (BENCHMARKS.md).
  static let fewestSteps = 3000

  /// The network for the time that is given, and why where that is not `small`.
  static func preset(
    for settings: TrainingSettings, _ size: ImageSize, channels: Int, _ clocks: Clocks
  ) throws -> (name: String, cause: String?) {
    let usual = UNetPreset.small
    guard let time = settings.time, settings.steps == nil, !settings.isDenoiser else {
      return (usual.rawValue, nil)
    }
    let network = usual.configuration(channels: channels)
    if size.width % network.strideMultiple + size.height % network.strideMultiple > 0 {
      return (usual.rawValue, nil)
    }
    var plain = TrainingSettings(recipe: .ddpm)
    (plain.batch, plain.precision, plain.threads) = (
      settings.batch, settings.precision, settings.threads
    )
    let configuration = ModelConfiguration(
      network: network, schedule: try plain.noiseSchedule(), objective: plain.objective,
      width: size.width, height: size.height)
    let goal = NetworkTrial.Piece(batch: plain.batch, width: size.width, height: size.height)
    let seconds = try trial(configuration, plain, clocks).seconds(goal).seconds
    let steps = time.seconds / (seconds * Double(settings.accumulate))
    if steps >= Double(fewestSteps) { return (usual.rawValue, nil) }
    return (
      UNetPreset.tiny.rawValue,
      "preset tiny, since small would make only about \(Int(steps)) steps in \(time)"
    )
  }

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
