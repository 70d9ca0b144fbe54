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
public struct NetworkBenchmark: Sendable {
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
      network: network.configuration(channels: 3, width: size.width, height: size.height),
      schedule: .init(), width: size.width,
      height: size.height)
    let configuration = configuration
    try SettingError.blaming(size) { try configuration.validate() }
    try SettingError.check(.batch, batch)
    try SettingError.check(.threads, threads)
    try precision.training.checkSupport()
    var settings = TrainingSettings(recipe: .ddpm)
    settings.precision = precision
    settings.batch = batch
    settings.threads = threads
    self.settings = settings
  }

  /// Whole training steps, optimizer and noise included, for about `seconds`; then the limit of
  /// their convolutions.
  ///
  /// - Parameter slackOf: numbers of threads for each of which is looked how far they would find work.
  public func train(seconds: Double, slackOf threads: [Int] = []) throws -> NetworkSpeed {
    try checkMemory(training: true)
    return try speed(seconds: seconds, slackOf: threads, training)
  }

  /// Evaluations of the network for about `seconds`; then the limit of their convolutions. `slackOf` as of `train`.
  public func sample(seconds: Double, slackOf threads: [Int] = []) throws -> NetworkSpeed {
    try checkMemory(training: false)
    return try speed(seconds: seconds, slackOf: threads, sampling)
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

  /// A program, and a run of it with all that belongs to it.
  private typealias Subject = (program: Program, run: () throws -> Void)

  /// Each subject is gone before the next is made: the memory of one is to take the other's place.
  private func speed(
    seconds: Double, slackOf threads: [Int], _ subject: (Int?) throws -> Subject
  ) throws -> NetworkSpeed {
    var (speed, limit) = try measure(try subject(settings.threads), seconds: seconds)
    speed.convolutionSeconds = try limit.measuredSeconds(timedBy: clocks.elapsed)
    speed.convolutionGigaflops = limit.operations / speed.convolutionSeconds / 1e9
    speed.slack = try threads.map { try slack(of: try subject($0), threads: $0) }
    return speed
  }

  private func training(threads: Int?) throws -> Subject {
    let parameters = try ParameterStore(
      configuration.network.parameters, on: Machine.backend)
    parameters.initialize(seed: 0)
    var settings = settings
    settings.threads = threads
    let step = try TrainingStep(
      configuration, settings, try NoiseSchedule(configuration.schedule),
      optimizer: try AdamW(parameters))
    let images = randomImages()
    var count = 0
    return (
      step.program,
      {
        _ = try step(count) { _ in .images(images) }
        count += 1
      }
    )
  }

  private func sampling(threads: Int?) throws -> Subject {
    let parameters = try ParameterStore(
      configuration.network.parameters, on: Machine.backend)
    parameters.initialize(seed: 0)
    let predictor = try NoisePredictor(
      configuration.network, parameters: parameters, width: size.width, height: size.height,
      precision: settings.precision.sampling, threads: threads)
    let images = randomImages()
    return (
      try predictor.program(batch: batch), { _ = try predictor(images, timestep: 500) }
    )
  }

  private func randomImages() -> [Float] {
    RandomStream(seed: 0, purpose: .initialNoise, index: 0, step: 0)
      .normals(batch * configuration.channels * size.width * size.height)
  }

  private func measure(
    _ subject: Subject, seconds: Double
  ) throws -> (NetworkSpeed, ConvolutionLimit) {
    for _ in 0..<2 { try subject.run() }
    let start = clocks.elapsed()
    var runs = 0
    while clocks.elapsed() - start < .seconds(seconds) {
      try subject.run()
      runs += 1
    }
    let perRun = (clocks.elapsed() - start).seconds / Double(runs)
    let program = subject.program
    let speed = NetworkSpeed(
      imagesPerSecond: Double(batch) / perRun, secondsPerStep: perRun,
      gigaflops: program.floatingPointOperations / perRun / 1e9,
      precision: program.precision == .bfloat16 ? .bf16 : .f32,
      plannedBytes: program.plannedBytes, peakMegabytes: Machine.peakMegabytes,
      profile: profile(program, secondsPerStep: perRun), slack: [], convolutionSeconds: 0,
      convolutionGigaflops: 0)
    return (speed, ConvolutionLimit(program))
  }

  /// Where a step's time goes: the program's kernels, and what is around the program.
  private func profile(_ program: Program, secondsPerStep: Double) -> [NetworkSpeed.Entry] {
    let runs = 3
    let schedule = program.schedule
    let implementations = program.executable.implementations
    var entries: [NetworkSpeed.Entry] = []
    for _ in 0..<runs {
      program.run(timedBy: clocks.elapsed) { index, run in
        let instruction = schedule.instructions[index]
        entries.append(
          .init(
            kind: schedule.kind(index), implementation: implementations[index],
            seconds: run().seconds / Double(runs),
            gigaoperations: instruction.operations(schedule) / Double(runs) / 1e9,
            gigabytes: Double(schedule.bytesMoved(instruction)) / Double(runs) / 1e9))
      }
    }
    let sum = entries.reduce(0) { $0 + $1.seconds }
    if sum > secondsPerStep {
      // The machine was slower than when steps were timed: the shares are right.
      for i in entries.indices { entries[i].seconds *= secondsPerStep / sum }
    } else {
      entries.append(
        .init(
          kind: "all else", seconds: secondsPerStep - sum, gigaoperations: 0, gigabytes: 0))
    }
    return NetworkSpeed.Entry.summed(entries)
  }

  /// How far the threads that a program was made for find work, as its loops are divided among them.
  private func slack(of subject: Subject, threads: Int) throws -> NetworkSpeed.Slack {
    // What comes after is measured, and its memory planned, on the usual number.
    defer { Threads.use(settings.threads) }
    try subject.run()
    var watch = LoopWatch(threads: threads)
    let schedule = subject.program.schedule
    subject.program.run(timedBy: clocks.elapsed) { index, run in
      watch.watch(isOurs: KernelTable.isOurs(schedule.instructions[index], schedule), run)
    }
    return NetworkSpeed.Slack(
      threads: threads, narrow: watch.narrow, efficiency: watch.efficiency)
  }
}
