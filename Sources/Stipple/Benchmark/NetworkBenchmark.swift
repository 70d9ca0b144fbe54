internal import Compute
internal import Diffusion
internal import Networks
internal import Random

/// How fast a preset trains and samples on this machine, on random images.
public struct NetworkBenchmark {
  /// The network by name.
  public let preset: String
  /// Images computed at once.
  public let batch: Int
  /// Of the images.
  public let size: ImageSize
  private let configuration: ModelConfiguration
  private let settings: TrainingSettings

  /// What was measured.
  public struct Result: Sendable {
    /// Images a second; in sampling, batch size times evaluations a second.
    public var imagesPerSecond: Double
    /// Billions of operations a second, by the textbook's formulas.
    public var gigaflops: Double
    /// Seconds and operations of one run by kind of work and implementation, longest first.
    public var profile: [Entry]
    /// Bytes of activations and packed weights.
    public var plannedBytes: Int
  }

  /// A kind of work in a profile.
  public struct Entry: Sendable {
    /// What is done: "convolution", "group norm".
    public var kind: String
    /// oneDNN's code, where it is oneDNN's.
    public var implementation: String?
    /// In one run.
    public var seconds: Double
    /// Billions of operations a second, by the textbook's formulas.
    public var gigaflops: Double
  }

  /// The network by name.
  public init(
    preset: String, batch: Int, size: ImageSize, precision: TrainingSettings.Precision = .auto,
    threads: Int? = nil
  ) throws {
    self.preset = preset
    self.batch = batch
    self.size = size
    guard let network = UNetPreset(rawValue: preset) else {
      let names = UNetPreset.allCases.map(\.rawValue).joined(separator: ", ")
      throw TrainingError.setting("preset", cause: "there is no \(preset); there are \(names)")
    }
    configuration = ModelConfiguration(
      network: network.configuration(channels: 3), schedule: .init(), width: size.width,
      height: size.height)
    try configuration.validate()
    guard precision.isSupported else {
      throw TrainingError.setting(
        "precision", cause: "this processor has no bfloat16 arithmetic; use f32")
    }
    var settings = TrainingSettings()
    settings.precision = precision
    settings.batch = batch
    settings.threads = threads
    self.settings = settings
  }

  /// Whole training steps, optimizer and noise included, for about `seconds`.
  public func train(seconds: Double) throws -> Result {
    let parameters = ParameterStore(configuration.network.parameters)
    parameters.initialise(seed: 0)
    let step = TrainingStep(
      configuration, settings, try NoiseSchedule(configuration.schedule),
      optimizer: AdamW(parameters))
    let images = randomImages()
    var count = 0
    return measure(step.program, seconds: seconds) {
      _ = step(count) { _ in images }
      count += 1
    }
  }

  /// Evaluations of the network.
  public func sample(seconds: Double) throws -> Result {
    let parameters = ParameterStore(configuration.network.parameters)
    parameters.initialise(seed: 0)
    let predictor = try NoisePredictor(
      configuration.network, parameters: parameters, width: size.width, height: size.height,
      precision: settings.precision.sampling, threads: settings.threads)
    let images = randomImages()
    return measure(predictor.program(batch: batch), seconds: seconds) {
      _ = predictor(images, timestep: 500)
    }
  }

  private func randomImages() -> [Float] {
    RandomStream(seed: 0, purpose: .initialNoise, index: 0, step: 0)
      .normals(batch * configuration.channels * size.width * size.height)
  }

  private func measure(_ program: Program, seconds: Double, _ run: () -> Void) -> Result {
    for _ in 0..<2 { run() }
    let clock = ContinuousClock()
    let start = clock.now
    var runs = 0
    while clock.now - start < .seconds(seconds) {
      run()
      runs += 1
    }
    let perRun = (clock.now - start).seconds / Double(runs)
    return Result(
      imagesPerSecond: Double(batch) / perRun,
      gigaflops: Double(program.floatingPointOperations) / perRun / 1e9,
      profile: profile(program), plannedBytes: program.plannedBytes)
  }

  private func profile(_ program: Program) -> [Entry] {
    let runs = 3
    var times: [String: Entry] = [:]
    for _ in 0..<runs {
      program.run { kind, implementation, operations, duration in
        let key = kind + (implementation ?? "")
        var entry =
          times[key]
          ?? Entry(kind: kind, implementation: implementation, seconds: 0, gigaflops: 0)
        entry.seconds += duration.seconds / Double(runs)
        entry.gigaflops += Double(operations) / Double(runs) / 1e9
        times[key] = entry
      }
    }
    return times.values.map { entry in
      var entry = entry
      entry.gigaflops /= max(entry.seconds, 1e-12)
      return entry
    }.sorted { $0.seconds > $1.seconds }
  }
}

extension Duration {
  /// The duration in seconds.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
