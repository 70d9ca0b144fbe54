internal import CPU
public import Checkpoints
internal import Compiler
internal import Diffusion
public import Files
internal import Graph
public import Images
internal import Networks
internal import Random
internal import Sampling
internal import Training

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
  private let clocks: Clocks

  /// - Parameters:
  ///   - preset: the network by name.
  ///   - threads: nil for as many as there are processors.
  ///   - clocks: what it is timed by.
  public init(
    preset: String, batch: Int, size: ImageSize, precision: TrainingSettings.Precision = .auto,
    threads: Int? = nil, clocks: Clocks = .system
  ) throws {
    self.clocks = clocks
    self.preset = preset
    self.batch = batch
    self.size = size
    guard let network = UNetPreset(rawValue: preset) else {
      let names = UNetPreset.allCases.map(\.rawValue).joined(separator: ", ")
      throw SettingError("preset", cause: "unknown preset \(preset); choose from \(names)")
    }
    configuration = ModelConfiguration(
      network: network.configuration(channels: 3), schedule: .init(), width: size.width,
      height: size.height)
    let configuration = configuration
    try SettingError.blaming(size) { try configuration.validate() }
    try SettingError.check(.batch, batch)
    try SettingError.check(.threads, threads)
    guard precision.isSupported else {
      throw SettingError(
        "precision", cause: "this CPU does not support bfloat16; use f32")
    }
    var settings = TrainingSettings(recipe: .ddpm)
    settings.precision = precision
    settings.batch = batch
    settings.threads = threads
    self.settings = settings
  }

  /// Whole training steps, optimizer and noise included, for about `seconds`; then the limit of
  /// their convolutions.
  public func train(seconds: Double) throws -> NetworkSpeed {
    try checkMemory(training: true)
    return try withLimit(try trainAlone(seconds: seconds))
  }

  /// Evaluations of the network for about `seconds`; then the limit of their convolutions.
  public func sample(seconds: Double) throws -> NetworkSpeed {
    try checkMemory(training: false)
    return try withLimit(try sampleAlone(seconds: seconds))
  }

  private func checkMemory(training: Bool) throws(MemoryShortage) {
    let network = configuration.network
    // Of training: weights, average, two moments, gradients.
    let memory = NetworkMemory(
      network, width: size.width, height: size.height, training: training,
      precision: training ? settings.precision.training : settings.precision.sampling
    ).adding(
      fixed: (training ? 5 : 1) * 4 * Double(network.parameterCount),
      perImage: 5 * 4 * Double(configuration.channels) * Double(size.width) * Double(size.height))
    try MemoryShortage.check(
      (training ? "training" : "sampling") + " at \(size.width) x \(size.height) pixels", memory,
      batch: batch,
      otherwise: "use a smaller `size` or `preset`")
  }

  /// What was measured, and what remains to be when the program is gone: the limit's own memory is
  /// to take the program's place.
  private typealias Measurement = (speed: NetworkSpeed, limit: ConvolutionLimit)

  private func withLimit(_ measured: Measurement) throws -> NetworkSpeed {
    var speed = measured.speed
    speed.convolutionSeconds = try measured.limit.measuredSeconds(timedBy: clocks.elapsed)
    speed.convolutionGigaflops =
      measured.limit.operations / speed.convolutionSeconds / 1e9
    return speed
  }

  private func trainAlone(seconds: Double) throws -> Measurement {
    let parameters = try ParameterStore(
      configuration.network.parameters, on: Machine.backend)
    parameters.initialize(seed: 0)
    let step = try TrainingStep(
      configuration, settings, try NoiseSchedule(configuration.schedule),
      optimizer: try AdamW(parameters))
    let images = randomImages()
    var count = 0
    return try measure(step.program, seconds: seconds) {
      _ = try step(count) { _ in .images(images) }
      count += 1
    }
  }

  private func sampleAlone(seconds: Double) throws -> Measurement {
    let parameters = try ParameterStore(
      configuration.network.parameters, on: Machine.backend)
    parameters.initialize(seed: 0)
    let predictor = try NoisePredictor(
      configuration.network, parameters: parameters, width: size.width, height: size.height,
      precision: settings.precision.sampling, threads: settings.threads)
    let images = randomImages()
    return try measure(try predictor.program(batch: batch), seconds: seconds) {
      _ = try predictor(images, timestep: 500)
    }
  }

  private func randomImages() -> [Float] {
    RandomStream(seed: 0, purpose: .initialNoise, index: 0, step: 0)
      .normals(batch * configuration.channels * size.width * size.height)
  }

  private func measure(_ program: Program, seconds: Double, _ run: () throws -> Void)
    rethrows -> Measurement
  {
    for _ in 0..<2 { try run() }
    let start = clocks.elapsed()
    var runs = 0
    while clocks.elapsed() - start < .seconds(seconds) {
      try run()
      runs += 1
    }
    let perRun = (clocks.elapsed() - start).seconds / Double(runs)
    let (profile, slack) = profile(program, secondsPerStep: perRun)
    let speed = NetworkSpeed(
      imagesPerSecond: Double(batch) / perRun, secondsPerStep: perRun,
      gigaflops: program.floatingPointOperations / perRun / 1e9,
      precision: program.precision == .bfloat16 ? .bf16 : .f32,
      plannedBytes: program.plannedBytes, peakMegabytes: Machine.peakMegabytes,
      profile: profile, slack: slack, convolutionSeconds: 0, convolutionGigaflops: 0)
    return (speed, ConvolutionLimit(program))
  }

  /// Where a step's time goes: the program's kernels, and what is around the program.
  private func profile(
    _ program: Program, secondsPerStep: Double
  ) -> ([NetworkSpeed.Entry], [NetworkSpeed.Slack]) {
    let runs = 3
    let schedule = program.schedule
    let implementations = program.executable.implementations
    let threads = settings.threads ?? Machine.threads
    var watch = LoopWatch(threads: [threads, 16, 64], current: settings.threads)
    var entries: [NetworkSpeed.Entry] = []
    for _ in 0..<runs {
      program.run(timedBy: clocks.elapsed) { index, run in
        let instruction = schedule.instructions[index]
        var duration = Duration.zero
        watch.watch(isOurs: KernelTable.isOurs(instruction, schedule)) {
          duration = run()
          return duration
        }
        entries.append(
          .init(
            kind: schedule.kind(index), implementation: implementations[index],
            seconds: duration.seconds / Double(runs),
            gigaoperations: instruction.operations(schedule) / Double(runs) / 1e9,
            gigabytes: Double(schedule.bytesMoved(instruction)) / Double(runs) / 1e9))
      }
    }
    let rest = secondsPerStep - entries.reduce(0) { $0 + $1.seconds }
    if rest > 0 {
      entries.append(.init(kind: "all else", seconds: rest, gigaoperations: 0, gigabytes: 0))
    }
    let slack = watch.results.map {
      NetworkSpeed.Slack(threads: $0.threads, narrow: $0.narrow, efficiency: $0.efficiency)
    }
    return (NetworkSpeed.Entry.summed(entries), slack)
  }
}
