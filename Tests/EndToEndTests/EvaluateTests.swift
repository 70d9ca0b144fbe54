import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stipple evaluate` from the outside.
@Suite struct EvaluateTests {
  private struct Part: Decodable, Equatable {
    let mean: Double
    let standard_error: Double?
  }

  private struct Row: Decodable {
    let first, last: Int
    let bits, loss: Part
  }

  private struct Outcome: Decodable {
    struct Images: Decodable {
      let evaluated, failed: Int
    }

    struct Figures: Decodable {
      let bound, prior, denoising, decoder, loss: Part
      let timesteps: [Row]
    }

    let images: Images
    let failures: [String]
    let evaluate: Figures
  }

  private func evaluate(_ more: String..., in folder: FilePath) async throws -> ProgramRun {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(["evaluate", run, "images", "--timesteps", "6"] + more, in: folder)
  }

  @Test func `the bound is told as a table, JSON and CSV`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "images")
    let table = try await evaluate("--csv", "curve.csv", in: folder.path)
    #expect(table.status == 0, "\(table)")
    #expect(table.output.contains("bits/dim") && table.output.contains("\nbound "), "\(table)")
    let csv = try String(decoding: contents(folder / "curve.csv"), as: UTF8.self)
    #expect(csv.split(separator: "\n").count == 7)

    let json = try await evaluate("--json", "--batch", "5", in: folder.path)
    #expect(json.status == 0, "\(json)")
    let outcome = try decode(Outcome.self, json)
    #expect(
      outcome.images.evaluated == 4 && outcome.evaluate.timesteps.count == 6
        && outcome.failures.isEmpty)
    let sum =
      outcome.evaluate.prior.mean + outcome.evaluate.denoising.mean + outcome.evaluate.decoder.mean
    #expect(abs(sum - outcome.evaluate.bound.mean) < 1e-6)
    #expect(outcome.evaluate.bound.standard_error != nil)
    #expect(
      outcome.evaluate.timesteps.first?.last == 0 && outcome.evaluate.timesteps.last?.last == 999)
  }

  @Test func `a broken image is left out, and the status tells`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "images")
    try TestImages.writeBroken(.cutShort, to: folder / "images/broken.png")
    let run = try await evaluate("--json", in: folder.path)
    #expect(run.status == 3, "\(run)")
    let outcome = try decode(Outcome.self, run)
    #expect(
      outcome.images.evaluated == 2 && outcome.images.failed == 1 && outcome.failures.count == 1)
    #expect(run.errors.contains("left out: images/broken.png: broken PNG"), "\(run)")
    let strict = try await evaluate("--strict", in: folder.path)
    #expect(strict.status == 1, "\(strict)")
  }

  @Test func `a dry run counts and measures nothing`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "images")
    let run = try await evaluate("--dry-run", in: folder.path)
    #expect(run.status == 0 && run.output == "", "\(run)")
    #expect(run.lastError.hasPrefix("2 images to evaluate, 12 NFE; "))
  }
}
