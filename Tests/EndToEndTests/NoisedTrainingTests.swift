import Foundation
import SystemPackage
import TestSupport
import Testing

/// `train --record-batches` and `train --replay` from the outside.
@Suite struct NoisedTrainingTests {
  private struct Plan: Decodable {
    let megabytes: Double
    let count: Int
  }

  private struct Outcome: Decodable {
    let step: Int
    let validation_loss: Double?
  }

  private struct Examples: Decodable {
    let step, examples, channels, width: Int
    let timesteps: [Double]
  }

  @Test func `a run is replayed from what it has recorded`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let train = TrainedRun.train(
      "pictures", "run", steps: 5, "--record-batches", "every=1", "--recipe", "flow",
      "--timestep-sampling", "uniform")
    let planned = try await ProgramRun(train + ["--dry-run", "--json"], in: folder.path)
    #expect(
      planned.errors.contains("\nrecorded batches: 0.29 MB each, 5 in all, 1.47 MB\n"), "\(planned)"
    )
    let plan = try decode(Plan.self, planned, at: "recordings")
    let run = try await ProgramRun(train, in: folder.path)
    #expect(run.status == 0, "\(run)")
    let kept = (1...5).map { "step-0000000\($0).h5" }
    #expect(try names(in: folder / "run/noised") == kept && plan.count == 5)
    let bytes = try contents(folder / "run/noised/step-00000002.h5").count
    #expect(abs(Double(bytes) / 1e6 - plan.megabytes) < 0.02)

    let inspected = try await ProgramRun(
      ["inspect", "run/noised/step-00000002.h5", "--verify"], in: folder.path)
    #expect(inspected.status == 0, "\(inspected)")
    #expect(inspected.output.contains("a recorded training batch"), "\(inspected)")
    #expect(inspected.output.contains("all checksums match"), "\(inspected)")
    let examples = try decode(
      Examples.self,
      await ProgramRun(["inspect", "run/noised/step-00000002.h5", "--json"], in: folder.path),
      at: "recorded_batch")
    #expect(examples.step == 2 && examples.examples == 8)
    #expect(examples.channels == 3 && examples.width == 32 && examples.timesteps.count == 8)

    // The same images beside it are measured on, as they were.
    let replay = TrainedRun.train(
      "pictures", "again", steps: 5, "--replay", "run", "--recipe", "flow", "--json")
    let again = try await ProgramRun(replay, in: folder.path)
    #expect(again.status == 0, "\(again)")
    #expect(again.errors.contains("\n40 training examples from run, "), "\(again)")
    #expect(try decode(Outcome.self, again, at: "train").validation_loss != nil)
    let metrics = try contents(folder / "run/metrics.csv")
    #expect(try contents(folder / "again/metrics.csv") == metrics)

    // The run folder alone goes on.
    let more = try await ProgramRun(
      ["train", "-o", "again", "--steps", "6", "--json"], in: folder.path)
    #expect(more.status == 0, "\(more)")
    #expect(try decode(Outcome.self, more, at: "train").step == 6)
    let other = try await ProgramRun(
      ["train", "-o", "again", "--replay", "run/noised"], in: folder.path)
    let here = folder / "run"
    #expect(
      other.lastError == "Error: again: holds a run with other settings: replay: \(here) there, "
        + "\(here)/noised here; use the same settings, or another folder")
    // Also from elsewhere, and where other options than the ones that were given would be at fault.
    let beside = try await ProgramRun(
      ["train", "-o", "../again", "--replay", "../run", "--steps", "7"], in: folder / "pictures")
    #expect(beside.status == 0, "\(beside)")
    let usual = TrainedRun.train("pictures", "usual", steps: 1)
    _ = try await ProgramRun(usual, in: folder.path)
    let late = try await ProgramRun(usual + ["--replay", "run"], in: folder.path)
    #expect(
      late.lastError.hasPrefix(
        "Error: usual: holds a run with other settings: replay: not set there, \(here) here; "),
      "\(late)")
    let own = try await ProgramRun(
      ["train", "-o", "run", "--replay", "run/noised/step-00000001.h5"], in: folder.path)
    #expect(own.status == 64, "\(own)")
    #expect(
      own.lastError == "Error: --replay: run/noised/step-00000001.h5 is the run's own recording; "
        + "give another run folder")
  }

  @Test func `a file of noisy samples is trained on with its schedule`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    func noise(_ file: String, _ more: String...) async throws {
      let run = try await ProgramRun(
        ["noise", "pictures", "-o", file, "--timesteps", "every=300", "--schedule", "cosine"]
          + more, in: folder.path)
      #expect(run.status == 0, "\(run)")
    }
    try await noise("noised.h5", "--with-noise")
    try await noise("bare.h5")
    try await noise("pixels.h5", "--with-noise", "--type", "u8")
    let options = ["--preset", "tiny", "--batch", "6", "--steps", "3", "--sample-every", "0"]
    let run = try await ProgramRun(
      ["train", "-o", "run", "--replay", "noised.h5"] + options, in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(
      run.errors.hasPrefix(
        "16 training examples from noised.h5, 0 validation images; 3 steps per epoch\n"))
    let inspected = try await ProgramRun(["inspect", "run"], in: folder.path)
    #expect(inspected.output.contains("cosine, 1000 timesteps"), "\(inspected)")

    let refusals: [([String], Int32, String)] = [
      (
        ["bare.h5"], 1,
        "bare.h5: cannot be trained on: it has no /eps; export it with stipple noise --with-noise"
      ),
      (
        ["pixels.h5"], 1,
        "pixels.h5: cannot be trained on: its samples are clipped to 8 bits; export them with stipple noise --type f32"
      ),
      (
        ["noised.h5", "--schedule", "linear"], 64,
        "--schedule: is linear, 1000 timesteps, beta 0.0001 to 0.02, but the batches in noised.h5 "
          + "have cosine, 1000 timesteps; remove the option to use theirs"
      ),
      (
        ["noised.h5", "--size", "16"], 64, "--size: 16x16, but the batches in noised.h5 are 32x32"
      ),
      (
        ["noised.h5", "--channels", "1"], 64,
        "--channels: 1, but the batches in noised.h5 have 3"
      ),
      (
        ["noised.h5", "--offset-noise", "0.1"], 64,
        "--offset-noise: cannot be combined with --replay, which has its own timesteps and noise"
      ),
      (
        ["noised.h5", "--classes", "folders"], 1,
        "noised.h5: cannot be trained on: recorded without classes; remove --classes"
      ),
    ]
    for (arguments, status, sentence) in refusals {
      let refused = try await ProgramRun(
        ["train", "-o", "new", "--replay"] + arguments + options, in: folder.path)
      #expect(refused.status == status && refused.lastError == "Error: \(sentence)", "\(refused)")
    }
    #expect(!FileManager.default.fileExists(atPath: (folder / "new").string))
  }
}
