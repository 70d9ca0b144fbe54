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

  @Flag(help: "Also which code oneDNN runs, and the time of each kind of work.")
  var verbose = false

  @Flag(help: "Give the figures as one JSON object on standard output.")
  var json = false

  func validate() throws {
    if batch < 1 { throw ValidationError("--batch: \(batch) is not at least 1") }
    if !(seconds > 0) { throw ValidationError("--seconds: \(seconds) is not above 0") }
  }

  func run() throws {
    let network = try NetworkBenchmark(
      preset: preset, batch: batch, size: size, precision: precision, threads: threads)
    var figures: [String: Double] = [:]
    if wants(.train) {
      let result = try network.train(seconds: seconds)
      show("training \(preset), batch \(batch)", result, "images", &figures, "train")
    }
    if wants(.sample) {
      let result = try network.sample(seconds: seconds)
      show("sampling \(preset), batch \(batch)", result, "evaluations", &figures, "sample")
    }
    if wants(.noise) {
      let megabytes = try NoiseBenchmark().run()
      figures["noise.megabytes_per_second"] = megabytes
      say(String(format: "noised tensors to HDF5: %.0f MB a second", megabytes))
    }
    if wants(.png) {
      let result = try PNGBenchmark(images, threads: threads).run(seconds: seconds / 2)
      figures["png.decode_images_per_second"] = result.decodedPerSecond
      figures["png.encode_images_per_second"] = result.encodedPerSecond
      say(
        String(
          format: "PNG: %.0f files decoded and %.0f encoded a second", result.decodedPerSecond,
          result.encodedPerSecond))
    }
    figures["peak_megabytes"] = Machine.peakMegabytes
    say(String(format: "at most %.0f MB of memory", Machine.peakMegabytes))
    if json { try Console.result(figures) }
  }

  private func wants(_ part: Part) -> Bool { only == nil || only == part }

  private func say(_ line: String) {
    if json { Console.note(line) } else { Console.result(line) }
  }

  private func show(
    _ title: String, _ result: NetworkBenchmark.Result, _ unit: String,
    _ figures: inout [String: Double], _ key: String
  ) {
    say(
      String(
        format: "%@: %.1f %@ a second, %.0f Gflop/s, %.0f MB planned", title,
        result.imagesPerSecond, unit, result.gigaflops, Double(result.plannedBytes) / 1e6))
    figures["\(key).images_per_second"] = result.imagesPerSecond
    figures["\(key).gigaflops"] = result.gigaflops
    figures["\(key).planned_megabytes"] = Double(result.plannedBytes) / 1e6
    guard verbose else { return }
    for entry in result.profile {
      say(
        String(
          format: "  %8.2f ms  %6.0f Gflop/s  ", entry.seconds * 1000, entry.gigaflops)
          + entry.kind + (entry.implementation.map { ", \($0)" } ?? ""))
    }
  }
}
