import Foundation
import SystemPackage
import TestSupport
import Testing

/// `train --snapshot-every` and `stipple ema` from the outside.
@Suite struct EMATests {
  private struct Origin: Decodable {
    let length, error: Double
    let snapshots: [Int]
  }

  private struct Outcome: Decodable {
    struct Checkpoint: Decodable {
      let path: String
      let written: Bool
      let step: Int
    }

    let checkpoint: Checkpoint
    let ema: Origin
    let failures: [String]
  }

  private struct Plan: Decodable {
    let megabytes: Double
    let count: Int
  }

  @Test func `a run's snapshots become a checkpoint that images are drawn with`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let train = TrainedRun.train("pictures", "run", steps: 10, "--snapshot-every", "4")
    let plan = try await ProgramRun(train + ["--dry-run", "--json"], in: folder.path)
    #expect(plan.errors.contains("\nEMA snapshots: "), "\(plan)")
    let planned = try decode(Plan.self, plan, at: "snapshots")
    let run = try await ProgramRun(train, in: folder.path)
    #expect(run.status == 0, "\(run)")
    let kept = ["step-00000004.h5", "step-00000008.h5", "step-00000010.h5"]
    #expect(try names(in: folder / "run/ema") == kept && planned.count == 3)
    let bytes = try contents(folder / "run/ema/step-00000004.h5").count
    #expect(abs(Double(bytes) / 1e6 - planned.megabytes) < 0.3)

    let endless = try await ProgramRun(
      ["train", "pictures", "-o", "endless", "--preset", "tiny", "--snapshot-every", "1"]
        + ["--steps", "\(Int.max)", "--keep", "\(Int.max)"], in: folder.path)
    #expect(endless.status == 1, "\(endless)")
    #expect(endless.lastError.contains("its checkpoints and recordings need "), "\(endless)")

    let ema = ["ema", "run", "--length", "0.08", "-o", "new/ema.h5", "--json"]
    let first = try await ProgramRun(ema, in: folder.path)
    #expect(first.status == 0, "\(first)")
    #expect(first.lastError.hasPrefix("new/ema.h5: length 0.08 at step 10 from 3 snapshots"))
    let outcome = try decode(Outcome.self, first)
    #expect(
      outcome.checkpoint.written && outcome.checkpoint.step == 10
        && outcome.ema.snapshots == [4, 8, 10])
    let before = try contents(folder / "new/ema.h5")
    let again = try await ProgramRun(ema, in: folder.path)
    #expect(again.status == 0, "\(again)")
    #expect(try decode(Outcome.self, again).checkpoint.written == false)
    #expect(try contents(folder / "new/ema.h5") == before)

    let images = try await ProgramRun(
      ["generate", "new/ema.h5", "-o", "images", "-n", "2", "--steps", "2"], in: folder.path)
    #expect(images.status == 0, "\(images)")
    let other = try await ProgramRun(
      ["generate", "run", "-o", "others", "-n", "2", "--steps", "2"], in: folder.path)
    #expect(other.status == 0, "\(other)")
    #expect(
      try contents(folder / "images/000000.png") != contents(folder / "others/000000.png"))

    let inspected = try await ProgramRun(["inspect", "new/ema.h5"], in: folder.path)
    #expect(
      inspected.output.contains("of length 0.08 put together from 3 snapshots"), "\(inspected)")
    let snapshot = try await ProgramRun(
      ["inspect", "run/ema/step-00000004.h5", "--verify"], in: folder.path)
    #expect(snapshot.status == 0, "\(snapshot)")
    #expect(snapshot.output.contains("an EMA snapshot"), "\(snapshot)")
    #expect(snapshot.output.contains("power_ema/0.05"), "\(snapshot)")

    let misused = try await ProgramRun(
      ["generate", "run/ema/step-00000004.h5", "-o", "x"], in: folder.path)
    #expect(
      misused.lastError == "Error: run/ema/step-00000004.h5: is an EMA snapshot, "
        + "expected a checkpoint")
    let step = try await ProgramRun(ema + ["--step", "5"], in: folder.path)
    #expect(step.status == 64, "\(step)")
    #expect(step.lastError == "Error: --step: there is no snapshot of step 5; there are 4, 8, 10")
    try Data([1, 2, 3]).write(
      to: URL(filePath: (folder / "run/ema/step-00000008.h5").string))
    let damaged = try await ProgramRun(
      ["ema", "run", "--length", "0.08", "-o", "b.h5"], in: folder.path)
    #expect(damaged.status == 3, "\(damaged)")
    #expect(
      damaged.errors.hasPrefix("left out: run/ema/step-00000008.h5: is not an HDF5 file\n"),
      "\(damaged)")
  }
}
