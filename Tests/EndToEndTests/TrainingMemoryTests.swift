import Foundation
import SystemPackage
import TestSupport
import Testing

/// What training takes of memory, and what it was told to take.
@Suite struct TrainingMemoryTests {
  private struct Planned: Decodable {
    let batch_parts: Int
    let slowdown_percent: Double
    let trades: [Trade]

    struct Trade: Decodable {
      let megabytes, batch_parts: Int
      let slowdown_percent: Double
    }
  }

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(20, to: folder / "pictures")
  }

  private func train(_ options: String) async throws -> ProgramRun {
    let words =
      "train pictures -o run --preset small --size 64 --fit resize --batch 16 --steps 1 --sample-every 0 "
      + options
    return try await ProgramRun(
      words.split(separator: " ").map(String.init), in: folder.path)
  }

  private func planned(
    _ options: String
  ) async throws -> (run: ProgramRun, megabytes: Int, plan: Planned) {
    let run = try await train("--dry-run --json " + options)
    #expect(run.status == 0, "\(run)")
    let memory = try decode([String: Int].self, run, at: "memory")
    return (
      run, try #require(memory["planned_megabytes"]),
      try decode(Planned.self, run, at: "memory_plan")
    )
  }

  @Test func `a run takes the memory that was foretold, and no more than it may`() async throws {
    let (run, all, large) = try await planned("")
    #expect(large.slowdown_percent == 0 && large.batch_parts == 1)
    #expect(
      run.errors.contains(
        #/less memory: with --memory \d+M steps take about [\d.]+ % longer, \d+M [\d.]+ %/#),
      "\(run)")
    let trade = try #require(large.trades.last { $0.batch_parts == 1 })
    #expect(trade.megabytes < all * 4 / 5 && trade.slowdown_percent > 0)
    #expect(large.trades.last?.batch_parts == 2)
    let limit = "--memory \(trade.megabytes)M"
    let (limited, most, small) = try await planned(limit)
    #expect(
      limited.errors.contains("activations are recomputed to save memory: steps take about "),
      "\(limited)")
    #expect(most <= trade.megabytes && small.batch_parts == 1)
    for (options, planned) in [("", all), (limit, most)] {
      // A run that is finished would not train again.
      try? FileManager.default.removeItem(atPath: (folder / "run").string)
      let run = try await train(options)
      #expect(run.status == 0, "\(run)")
      let row = try String(
        contentsOfFile: (folder / "run/performance.csv").string, encoding: .utf8
      ).split(separator: "\n").last
      let peak = try #require(row?.split(separator: ",").last.flatMap { Double($0) })
      let share = peak / Double(planned)
      #expect((0.85...1.03).contains(share), "\(peak) MB of \(planned)")
    }
  }

  @Test func `samples and the validation loss are within the memory`() async throws {
    let run = try await ProgramRun(
      [
        "train", "pictures", "-o", "run", "--preset", "tiny", "--batch", "6", "--steps", "4",
        "--sample-every", "2",
        "--validation", "0.4", "--memory", "160M", "--recipe", "ddpm",
      ], in: folder.path)
    #expect(run.status == 0, "\(run)")
    let row = try String(
      contentsOfFile: (folder / "run/performance.csv").string, encoding: .utf8
    ).split(separator: "\n").last
    let peak = try #require(row?.split(separator: ",").last.flatMap { Double($0) })
    #expect(peak < 165, "\(peak) MB")
  }

  @Test func `batches past any memory are computed in parts, which a sentence says`() async throws {
    let run = try await ShellRun(
      """
      ulimit -v 4000000
      "$STIPPLE" train pictures -o run --preset small --batch 8192 --dry-run
      """, in: folder.path)
    #expect(run.status == 0, "\(run)")
    let pattern =
      #/batches of 8192 are computed in (\d+) parts of (\d+) to save memory \(gradient accumulation\)/#
    let match = try #require("\(run)".firstMatch(of: pattern), "\(run)")
    #expect((Int(match.1) ?? 0) * (Int(match.2) ?? 0) == 8192)
  }

  @Test func `a limit below the least is refused`() async throws {
    let run = try await train("--memory 20M")
    #expect(run.status == 1, "\(run)")
    #expect(
      run.lastError.contains(
        #/^Error: training on 64 x 64 pixels: needs at least \d+ MB of memory, and --memory allows 20 MB; allow more, or use a smaller --size or --preset$/#
      ), "\(run)")
    let unclear = try await train("--memory much")
    #expect(unclear.status == 64, "\(unclear)")
    #expect(unclear.errors.contains("give a size such as 500M or 2G"), "\(unclear)")
  }
}
