import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// `stipple benchmark`
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Benchmark this machine: training, sampling, HDF5 and PNG speed.",
    usage: "stipple benchmark [options]",
    discussion: """
      A training step includes noise, forward and backward pass, gradient clipping,
      AdamW and EMA. Sampling counts network function evaluations (NFE) of one image.
      The convolution baseline is the time of the same convolutions alone, as the
      fastest oneDNN primitives.
      Attention (only with --only attention) is self-attention over pixels: 128
      channels, in heads of 8 to 64.
      """)

  /// What can be measured.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case train, sample, noise, png, attention
  }

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Run") var execution: RunOptions
  @OptionGroup(title: "Output") var output: FigureOptions

  /// The network that is measured.
  struct ModelOptions: ParsableArguments {
    @Option(help: .text("Network preset.", "NAME", choices: NetworkPreset.all.map(\.name)))
    var preset = "small"

    @Option(help: .text("Image size.", "WxH"))
    var size = ImageSize(width: 32, height: 32)

    @Option(help: .text("Batch size.", "N"))
    var batch = 16
  }

  /// What is measured, and how.
  struct RunOptions: ParsableArguments {
    @Option(help: .text("Measure one part only.", "PART"))
    var only: Part?

    @Option(help: .text("Seconds per part.", "S"))
    var seconds = 10.0

    @Option(help: .text("Compute precision.", "TYPE"))
    var precision = TrainingSettings.Precision.auto

    @Option(help: .text("CPU threads.", "N", default: "all CPUs"))
    var threads: Int?

    @Option(
      help: .text("PNG file or folder to decode and encode.", "IMAGES", default: "random images"))
    var images: [FilePath] = []
  }

  /// How figures are reported.
  struct FigureOptions: ParsableArguments {
    @Flag(
      help: "Show times by implementation, shares of the machine's peak, and limits of scaling.")
    var verbose = false

    @OptionGroup var report: JSONOption
  }

  func validate() throws {
    try check(.batch, model.batch)
    try check(.seconds, execution.seconds)
    try check(.threads, execution.threads)
    try check(model.size)
  }

  func run() throws {
    let network = try NetworkBenchmark(
      preset: model.preset, batch: model.batch, size: model.size, precision: execution.precision,
      threads: execution.threads)
    Console.note("machine: \(Machine.summary(threads: execution.threads))")
    var figures = BenchmarkFigures(threads: execution.threads)
    if wants(.train) {
      let speed = try network.train(seconds: execution.seconds, slackOf: slackThreads)
      let peak = try peak(speed)
      try show("training", "images", "step", speed, peak)
      figures.train = .init(speed, peak)
      figures.memory.peakMegabytes = speed.peakMegabytes
    }
    if wants(.sample) {
      let speed = try network.sample(seconds: execution.seconds, slackOf: slackThreads)
      let peak = try peak(speed)
      try show("sampling", "NFE", "NFE", speed, peak)
      figures.sample = .init(speed, peak)
      figures.memory.peakMegabytes = speed.peakMegabytes
    }
    if wants(.noise) {
      let megabytes = try NoiseBenchmark().run()
      figures.noise = .init(megabytesPerSecond: megabytes)
      try say(String(format: "noisy samples to HDF5: %.0f MB/s", megabytes))
      figures.memory.peakMegabytes = Machine.peakMegabytes
    }
    if wants(.png) {
      let result = try PNGBenchmark(
        execution.images, threads: execution.threads, report: Console.note
      ).run(
        seconds: execution.seconds / 2)
      figures.png = .init(
        decodeImagesPerSecond: result.decodedPerSecond,
        encodeImagesPerSecond: result.encodedPerSecond)
      try say(
        String(
          format: "PNG: decodes %.0f images/s, encodes %.0f images/s", result.decodedPerSecond,
          result.encodedPerSecond))
      figures.memory.peakMegabytes = Machine.peakMegabytes
    }
    if execution.only == .attention {
      let attention = try AttentionBenchmark(
        batch: model.batch, size: model.size, precision: execution.precision,
        threads: execution.threads)
      let speeds = try attention.run(seconds: execution.seconds)
      figures.attention = .init(attention, speeds)
      for speed in speeds { try show(speed, attention) }
      figures.memory.peakMegabytes = Machine.peakMegabytes
    }
    if output.report.json { try Console.result(figures) }
  }

  private func wants(_ part: Part) -> Bool { execution.only == nil || execution.only == part }

  private func show(_ speed: AttentionBenchmark.Speed, _ work: AttentionBenchmark) throws {
    try say(
      String(
        format: "attention among %d positions, heads of %d, batch %d, %@: "
          + "%.2f ms (%.0f Gflop/s), backward %.2f ms (%.0f Gflop/s)",
        work.size.width * work.size.height, speed.headChannels, work.batch,
        work.precision.rawValue, speed.forwardSeconds * 1000, speed.forwardGigaflops,
        speed.backwardSeconds * 1000, speed.backwardGigaflops))
  }

  private func say(_ line: String) throws {
    if output.report.json { Console.note(line) } else { try Console.result(line) }
  }

  /// For which numbers of threads it is told how far they would find work.
  private var slackThreads: [Int] {
    output.verbose ? [execution.threads ?? Machine.threads, 16, 64] : []
  }

  /// What the machine can do at most, where somebody wants to see it.
  private func peak(_ speed: NetworkSpeed) throws -> MachinePeak? {
    guard output.verbose || output.report.json else { return nil }
    return try MachinePeak(speed.precision, threads: execution.threads)
  }

  private func show(
    _ work: String, _ unit: String, _ step: String, _ speed: NetworkSpeed, _ peak: MachinePeak?
  ) throws {
    try say(
      String(
        format: "%@ %@, batch %d, %@: %.1f %@/s, %.0f Gflop/s", work, model.preset,
        model.batch,
        speed.precision.rawValue, speed.imagesPerSecond, unit, speed.gigaflops))
    try say(
      String(
        format: "  per %@: %.1f ms; its convolutions alone (baseline): %.1f ms, %.0f Gflop/s; "
          + "%.0f %% of the baseline reached", step, speed.secondsPerStep * 1000,
        speed.convolutionSeconds * 1000, speed.convolutionGigaflops,
        speed.shareOfConvolutionLimit * 100))
    try say(
      String(
        format: "  memory: %.0f MB planned, at most %.0f MB in all",
        Double(speed.plannedBytes) / 1e6, speed.peakMegabytes))
    for entry in output.verbose ? speed.profile : speed.profileByKind {
      let gigaflops =
        entry.gigaoperations > 0 ? [String(format: "%.0f Gflop/s", entry.gigaflops)] : []
      try say(
        String(
          format: "  %8.2f ms  %3.0f %%  ", entry.seconds * 1000,
          entry.seconds / speed.secondsPerStep * 100)
          + ([entry.kind, entry.implementation].compactMap(\.self) + gigaflops)
          .joined(separator: ", "))
    }
    if output.verbose, let peak { try showRoofline(speed, peak) }
  }

  /// What each kind of work reaches of the machine's peak, and how far more threads would find work.
  private func showRoofline(_ speed: NetworkSpeed, _ peak: MachinePeak) throws {
    try say(
      String(
        format: "  peak here: %.0f Gflop/s in %@, %.1f GB/s of memory; of it reached:",
        peak.gigaflops, speed.precision.rawValue, peak.gigabytesPerSecond))
    for entry in speed.profileByKind where entry.gigabytes > 0 {
      let (bound, share) = entry.share(of: peak)
      try say(
        String(format: "  %8.0f %%  of %@, ", share * 100, bound.rawValue) + entry.kind
          + String(format: ", %.1f GB/s", entry.gigabytesPerSecond)
          + (entry.gigaoperations > 0 ? String(format: ", %.0f Gflop/s", entry.gigaflops) : ""))
    }
    for slack in speed.slack {
      try say(
        String(
          format: "  with %d %@: %.1f %% of the work in loops of fewer tasks than threads, "
            + "parallel efficiency at most %.0f %%", slack.threads,
          slack.threads == 1 ? "thread" : "threads", slack.narrow * 100, slack.efficiency * 100))
    }
  }
}
