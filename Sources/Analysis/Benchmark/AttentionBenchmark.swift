internal import CPU
public import Checkpoints
internal import Compiler
public import Files
internal import Graph
public import Images
internal import Random
internal import Sampling

/// How fast attention alone is among the pixels of images: 128 channels, in heads of 8 to 64.
public struct AttentionBenchmark: Sendable {
  /// The speed of heads of one size.
  public struct Speed: Sendable {
    /// Channels of a head.
    public let headChannels: Int
    /// Of the fastest run.
    public let forwardSeconds, backwardSeconds: Double
    /// Billions of operations a second, of two products forward and four backward.
    public let forwardGigaflops, backwardGigaflops: Double
  }

  /// Channels of heads that are measured.
  public static let headChannels = [8, 16, 32, 64]
  private static let channels = 128

  /// Images computed at once.
  public let batch: Int
  /// Of the images.
  public let size: ImageSize
  /// What images and products are computed in.
  public let precision: TrainingSettings.Precision
  private let threads: Int?
  private let clocks: Clocks

  /// - Parameters:
  ///   - threads: nil for as many as there are processors.
  ///   - clocks: what it is timed by.
  public init(
    batch: Int, size: ImageSize, precision: TrainingSettings.Precision = .auto,
    threads: Int? = nil, clocks: Clocks = .system
  ) throws {
    try SettingError.check(.batch, batch)
    try SettingError.check(.threads, threads)
    try precision.training.checkSupport()
    (self.batch, self.size, self.threads, self.clocks) = (batch, size, threads, clocks)
    self.precision = precision.training == .bfloat16 ? .bf16 : .f32
  }

  /// Forward and backward in turn, for about `seconds` in all.
  public func run(seconds: Double) throws -> [Speed] {
    try Self.headChannels.map {
      try speed(heads: Self.channels / $0, seconds: seconds / Double(Self.headChannels.count))
    }
  }

  private func speed(heads: Int, seconds: Double) throws -> Speed {
    let graph = ComputationGraph()
    let shape = [batch, size.height, size.width, Self.channels]
    let names = ["q", "k", "v"]
    let inputs = names.map { graph.input($0, shape) }
    let y = attention(query: inputs[0], key: inputs[1], value: inputs[2], heads: heads)
    graph.output("loss", meanSquaredError(y, graph.input("target", shape)))
    let program = try Program(
      graph, parameters: try ParameterStore(graph.parameters, on: Machine.backend),
      purpose: .training(inputGradients: Set(names)), precision: precision.training,
      threads: threads)
    for (index, name) in (names + ["target"]).enumerated() {
      program.setInput(
        name,
        RandomStream(seed: 0, purpose: .initialNoise, index: index, step: 0)
          .normals(shape.reduce(1, *)))
    }
    var fastest: [String: (seconds: Double, gigaflops: Double)] = [:]
    let start = clocks.elapsed()
    repeat {
      program.run(timedBy: clocks.elapsed) { index, run in
        let (kind, seconds) = (program.schedule.kind(index), run().seconds)
        guard seconds < fastest[kind]?.seconds ?? .infinity else { return }
        let operations = program.schedule.instructions[index].operations(program.schedule)
        fastest[kind] = (seconds, operations / max(seconds, 1e-12) / 1e9)
      }
    } while clocks.elapsed() - start < .seconds(seconds)
    guard let forward = fastest["attention"], let backward = fastest["attention backward"] else {
      preconditionFailure("a program of attention without attention")
    }
    return Speed(
      headChannels: Self.channels / heads, forwardSeconds: forward.seconds,
      backwardSeconds: backward.seconds, forwardGigaflops: forward.gigaflops,
      backwardGigaflops: backward.gigaflops)
  }
}
