import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// `stipple benchmark`
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measure what to expect of this machine.",
    discussion: """
      Training steps are whole ones: noise, forward, backward, clipping, AdamW and the average of the \
      weights. Sampling counts evaluations of the network, batch size times evaluations a second.
      Both are compared with the time of their convolutions alone: bare primitives of oneDNN, each \
      by the algorithm and in the layout that is fastest for it, with nothing between them.
      """)

  /// What can be measured.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case train, sample, noise, png
  }

  @Option(help: "The network: tiny, small, base or ddpm.")
  var preset = "small"

  @Option(help: "Images computed at once.")
  var batch = 16

  @Option(help: "Pixels as WIDTHxHEIGHT, or a number for a square.")
  var size = ImageSize(width: 32, height: 32)

  @Option(help: "auto, f32 or bf16.")
  var precision = TrainingSettings.Precision.auto

  @Option(help: "Only one part: train, sample, noise or png.")
  var only: Part?

  @Option(help: "Seconds to measure each part for.")
  var seconds = 10.0

  @Option(help: "Processors to compute on. (default: all)")
  var threads: Int?

  @Option(help: "PNG files to decode and encode. (default: random images)")
  var images: [FilePath] = []

  @Flag(help: "Tell the codes that oneDNN runs apart in the times by kind of work.")
  var verbose = false

  @Flag(help: "Give the figures as one JSON object on standard output.")
  var json = false

  func validate() throws {
    try check(.batch, batch)
    try check(.seconds, seconds)
    try check(.threads, threads)
    try check(size)
  }

  func run() throws {
    let network = try NetworkBenchmark(
      preset: preset, batch: batch, size: size, precision: precision, threads: threads)
    Console.note("machine: \(Machine.summary(threads: threads))")
    var figures = BenchmarkFigures(threads: threads)
    var peak = 0.0
    if wants(.train) {
      let speed = try network.train(seconds: seconds)
      try show("training", "images", "step", speed)
      figures.add(speed, "train")
      peak = speed.peakMegabytes
    }
    if wants(.sample) {
      let speed = try network.sample(seconds: seconds)
      try show("sampling", "evaluations", "evaluation", speed)
      figures.add(speed, "sample")
      peak = speed.peakMegabytes
    }
    if wants(.noise) {
      let megabytes = try NoiseBenchmark().run()
      figures["noise.megabytes_per_second"] = megabytes
      try say(String(format: "noised tensors to HDF5: %.0f MB a second", megabytes))
      peak = Machine.peakMegabytes
    }
    if wants(.png) {
      let result = try PNGBenchmark(images, threads: threads, report: Console.note).run(
        seconds: seconds / 2)
      figures["png.decode_images_per_second"] = result.decodedPerSecond
      figures["png.encode_images_per_second"] = result.encodedPerSecond
      try say(
        String(
          format: "PNG: %.0f files decoded and %.0f encoded a second", result.decodedPerSecond,
          result.encodedPerSecond))
      peak = Machine.peakMegabytes
    }
    figures["peak_megabytes"] = peak
    if json { try Console.result(figures) }
  }

  private func wants(_ part: Part) -> Bool { only == nil || only == part }

  private func say(_ line: String) throws {
    if json { Console.note(line) } else { try Console.result(line) }
  }

  private func show(_ work: String, _ unit: String, _ step: String, _ speed: NetworkSpeed) throws {
    try say(
      String(
        format: "%@ %@, batch %d, %@: %.1f %@ a second, %.0f Gflop/s", work, preset, batch,
        speed.precision.rawValue, speed.imagesPerSecond, unit, speed.gigaflops))
    try say(
      String(
        format: "  convolutions alone: %.1f ms of the %@'s %.1f ms (%.0f Gflop/s); "
          + "%.0f %% of their limit reached", speed.convolutionSeconds * 1000, step,
        speed.secondsPerStep * 1000, speed.convolutionGigaflops,
        speed.shareOfConvolutionLimit * 100))
    try say(
      String(
        format: "  memory: %.0f MB planned, at most %.0f MB in all",
        Double(speed.plannedBytes) / 1e6, speed.peakMegabytes))
    for entry in verbose ? speed.profile : speed.profileByKind {
      let gigaflops =
        entry.gigaoperations > 0 ? [String(format: "%.0f Gflop/s", entry.gigaflops)] : []
      try say(
        String(
          format: "  %8.2f ms  %3.0f %%  ", entry.seconds * 1000,
          entry.seconds / speed.secondsPerStep * 100)
          + ([entry.kind, entry.implementation].compactMap(\.self) + gigaflops)
          .joined(separator: ", "))
    }
  }
}
