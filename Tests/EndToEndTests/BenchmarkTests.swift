import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stipple benchmark` from the outside.
@Suite struct BenchmarkTests {
  private struct Host: Decodable {
    let creator, cpu, onednn_version: String
    let threads, memory_megabytes: Int
  }

  /// The object of one part, small and short.
  private func figures(_ part: String, _ options: String...) async throws -> ProgramRun {
    let run = try await ProgramRun(
      [
        "benchmark", "--preset", "tiny", "--batch", "2", "--size", "16", "--seconds", "0.2",
        "--only",
        part, "--json",
      ] + options)
    #expect(run.status == 0, "\(run)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(Set(try #require(object).keys) == ["machine", "memory", part], "\(run)")
    return run
  }

  @Test(arguments: [
    ("train", ["images_per_second", "gigaflops", "planned_megabytes"]),
    ("sample", ["images_per_second", "gigaflops", "planned_megabytes"]),
    ("noise", ["megabytes_per_second"]),
    ("png", ["decode_images_per_second", "encode_images_per_second"]),
  ])
  func `a part's speed is one JSON object`(_ part: String, _ names: [String]) async throws {
    let run = try await figures(part)
    let figures = try decode([String: Figure].self, run, at: part)
    for name in names {
      #expect(figures[name]?.number ?? 0 > 0, "\(name) in \(figures)")
    }
    #expect(try decode([String: Double].self, run, at: "memory")["peak_megabytes"] ?? 0 > 0)
    let machine = try decode(Host.self, run, at: "machine")
    #expect(machine.threads > 0 && machine.memory_megabytes > 0)
    for text in [machine.creator, machine.cpu, machine.onednn_version] { #expect(!text.isEmpty) }
  }

  @Test func `an image that cannot be read is left out`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    try TestImages.writeBroken(.cutShort, to: folder / "in/000001.png")
    let run = try await figures("png", "--images", (folder / "in").string)
    #expect(run.errors.contains("left out: "), "\(run)")
  }

  @Test(arguments: ["f32", "auto"])
  func `attention is measured alone, by the channels of a head`(_ precision: String) async throws {
    let run = try await figures("attention", "--precision", precision)
    let figures = try decode([String: Figure].self, run, at: "attention")
    #expect(figures["positions"]?.number == 256)
    #expect(figures["batch"]?.number == 2)
    for name in ["forward_milliseconds", "backward_milliseconds"] {
      let times = try #require(figures[name]?.numbers)
      #expect(Set(times.keys) == ["8", "16", "32", "64"])
      #expect(times.values.allSatisfy { $0 > 0 })
    }
    let words = try await ProgramRun([
      "benchmark", "--only", "attention", "--batch", "1", "--size", "8x4", "--seconds", "0.1",
    ])
    #expect(
      words.output.contains(
        #/attention among 32 positions, heads of 8, batch 1, \w+: [\d.]+ ms \(\d+ Gflop/s\), backward/#
      ),
      "\(words)")
  }

  @Test(arguments: ["train", "sample"])
  func `a network is compared with its convolutions alone`(_ part: String) async throws {
    let run = try await figures(part, "--precision", "f32", "--threads", "1")
    let figures = try decode([String: Figure].self, run, at: part)
    let speed = try #require(figures["images_per_second"]?.number)
    let limit = try #require(figures["convolution_baseline_images_per_second"]?.number)
    let share = try #require(figures["share_of_convolution_baseline"]?.number)
    #expect(share > 0)
    #expect(abs(limit * share / speed - 1) < 1e-6)
    #expect(figures["precision"]?.text == "f32")
    #expect(try decode(Host.self, run, at: "machine").threads == 1)
    let kinds = try #require(figures["milliseconds_by_kind"]?.numbers)
    #expect(kinds.keys.contains("weight_gradient") == (part == "train"))
    #expect(kinds["convolution"] ?? 0 > 0)
  }

  @Test func `the time by kind of work is a table, by implementation where asked`() async throws {
    let options = [
      "benchmark", "--preset", "tiny", "--batch", "1", "--size", "8", "--seconds", "0.1", "--only",
      "sample",
    ]
    let plain = try await ProgramRun(options)
    #expect(plain.output.contains(#/ms +\d+ %  group norm\n/#), "\(plain)")
    #expect(!plain.output.contains(/jit|gathered|winograd/), "\(plain)")
    let verbose = try await ProgramRun(options + ["--verbose"])
    #expect(
      verbose.output.contains(
        #/ms +\d+ %  convolution, (jit|gathered|winograd)\S+, \d+ Gflop/s\n/#), "\(verbose)")
    // What the machine could do, and what of that each kind of work does.
    #expect(
      verbose.output.contains(#/peak here: \d+ Gflop/s in f32, [\d.]+ GB/s of memory/#),
      "\(verbose)")
    #expect(verbose.output.contains(#/ %  of memory, group norm, [\d.]+ GB/s\n/#), "\(verbose)")
    for threads in [16, 64] {
      #expect(
        verbose.output.contains("  with \(threads) threads: ")
          && verbose.output.contains(" % of the work in loops of fewer tasks than threads, "),
        "\(verbose)")
    }
    #expect(!plain.output.contains("peak here"), "\(plain)")
  }

  @Test(arguments: ["train", "sample"])
  func `each kind of work is held against what the machine can do`(_ part: String) async throws {
    let run = try await figures(part, "--verbose")
    let figures = try decode([String: Figure].self, run, at: part)
    #expect(figures["peak_gigaflops"]?.number ?? 0 > 1)
    #expect(figures["peak_gigabytes_per_second"]?.number ?? 0 > 0.1)
    let memory = try #require(figures["share_of_peak_memory_by_kind"]?.numbers)
    let arithmetic = try #require(figures["share_of_peak_arithmetic_by_kind"]?.numbers)
    #expect(memory["group_norm"] ?? 0 > 0 && arithmetic["group_norm"] == 0)
    #expect(arithmetic["convolution"] ?? 0 > 0)
    let efficiency = try #require(figures["parallel_efficiency_at_most"]?.numbers)
    let narrow = try #require(figures["work_with_fewer_tasks_than_threads"]?.numbers)
    #expect(efficiency.keys.contains("64") && narrow.keys.contains("64"))
    for value in efficiency.values { #expect(value > 0 && value < 1.001) }
    for value in narrow.values { #expect(value >= 0 && value < 1.001) }
  }
}

/// A value in the benchmark's JSON.
private enum Figure: Decodable {
  case number(Double)
  case text(String)
  case numbers([String: Double])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      self = .numbers(try container.decode([String: Double].self))
    }
  }

  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
  var numbers: [String: Double]? { if case .numbers(let value) = self { value } else { nil } }
}
