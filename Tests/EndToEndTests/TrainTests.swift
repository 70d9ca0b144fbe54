import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// `stipple train` from the outside.
@Suite struct TrainTests {
  private struct Outcome: Decodable {
    let step: Int
    let new_steps: Int
    let interrupted: Bool
  }

  @Test func `a run that was stopped and goes on ends as one that never stopped`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(64, to: folder / "pictures")

    let first = try await ProgramRun(
      TrainedRun.train("pictures", "parts", steps: 4, "--json"), in: folder.path)
    #expect(first.status == 0, "\(first)")
    let second = try await ProgramRun(
      TrainedRun.train("pictures", "parts", steps: 10, "--json"), in: folder.path)
    #expect(second.status == 0, "\(second)")
    let outcome = try decode(Outcome.self, second, at: "train")
    #expect(outcome.step == 10 && outcome.new_steps == 6)
    let third = try await ProgramRun(
      TrainedRun.train("pictures", "parts", steps: 10, "--json"), in: folder.path)
    #expect(third.status == 0, "\(third)")
    #expect(try decode(Outcome.self, third, at: "train").new_steps == 0)
    #expect(third.errors.contains("the run has already ended after 10 steps\n"))

    // The weights are equal where the images they draw are, whose texts hold the weights' fingerprint.
    let whole = try await TrainedRun.shared.path.string
    for run in ["parts", whole] {
      let name = run == whole ? "whole" : "parts"
      let drawn = try await ProgramRun(
        ["generate", run, "-o", "\(name)-images", "-n", "1", "--steps", "2", "--weights", "model"],
        in: folder.path)
      #expect(drawn.status == 0, "\(drawn)")
    }
    #expect(
      try contents(folder.path.appending("parts-images/000000.png"))
        == contents(folder.path.appending("whole-images/000000.png")))
  }

  @Test func `classes are learned from folders, and drawn by their names`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures/tulip")
    try TestImages.copyFlowers(8, to: folder / "pictures/rose/old")
    let trained = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 3) + ["--classes", "folders"], in: folder.path)
    #expect(trained.status == 0, "\(trained)")
    #expect(trained.errors.contains("2 classes: rose, tulip\n"), "\(trained)")
    let shown = try await ProgramRun(["inspect", "run"], in: folder.path)
    #expect(shown.output.contains("rose, tulip\n"), "\(shown)")

    let draw = ["generate", "run", "-n", "2", "--steps", "2", "-o"]
    for (name, more) in [
      ("tulips", ["--class", "tulip", "--guidance", "3"]), ("all", ["--class", "all"]), ("any", []),
    ] {
      let drawn = try await ProgramRun(draw + [name] + more, in: folder.path)
      #expect(drawn.status == 0, "\(drawn)")
      #expect(try names(in: folder / name).count == 2)
    }
    let unknown = try await ProgramRun(draw + ["none", "--class", "lily"], in: folder.path)
    #expect(unknown.status == 64, "\(unknown)")
    #expect(unknown.errors.contains("--class: there is no class lily; there are rose, tulip\n"))
    for command in [
      ["denoise", "--model", "run", "pictures", "-o", "clean"], ["evaluate", "run", "pictures"],
    ] {
      let run = try await ProgramRun(command, in: folder.path)
      #expect(run.status == 0, "\(run)")
    }
  }

  @Test func `what is learned can be chosen, is told of, and draws images`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let betas = (1...20).map { "\(Double($0) / 123)  # step \($0)" }.joined(separator: "\n")
    try Data(betas.utf8).write(to: URL(filePath: (folder / "betas.txt").string))
    let choice = [
      "--betas", "betas.txt", "--zero-terminal-snr", "--objective", "velocity", "--variance",
      "learned", "--timestep-sampling", "importance", "--loss-weighting", "min-snr",
      "--input-perturbation", "0.1", "--offset-noise", "0.1",
    ]
    let trained = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 2) + choice, in: folder.path)
    #expect(trained.status == 0, "\(trained)")
    // The run has the variances, to the last digit, and needs the file no more.
    try FileManager.default.removeItem(atPath: (folder / "betas.txt").string)
    let more = try await ProgramRun(
      ["train", "pictures", "-o", "run", "--steps", "3"], in: folder.path)
    #expect(more.status == 0, "\(more)")
    let inspected = try await ProgramRun(["inspect", "run"], in: folder.path)
    for line in [
      "schedule   listed, 20 timesteps, beta 0.00813 to 0.1626, zero terminal SNR",
      "objective  predicts velocity (v_prediction), variance learned range (between beta~ and beta)",
      "loss-weighting min-snr", "timestep-sampling importance", "input-perturbation 0.1",
      "offset-noise 0.1", "zero-terminal-snr true", "betas 20 of a file",
    ] { #expect(inspected.output.contains(line), "\(inspected)") }
    for sampler in ["ddpm", "heun", "unipc"] {
      let drawn = try await ProgramRun(
        ["generate", "run", "-o", sampler, "-n", "2", "--steps", "5", "--sampler", sampler],
        in: folder.path)
      #expect(drawn.status == 0, "\(drawn)")
    }
    let measured = try await ProgramRun(
      ["evaluate", "run", "pictures", "--timesteps", "4"], in: folder.path)
    #expect(measured.status == 0, "\(measured)")
    let exported = try await ProgramRun(["export", "run", "-o", "out"], in: folder.path)
    #expect(exported.status == 0, "\(exported)")
    let back = try await ProgramRun(["import", "out", "-o", "back.h5"], in: folder.path)
    #expect(back.status == 0, "\(back)")
    let scheduler = String(
      decoding: try contents(folder / "out/scheduler_config.json"), as: UTF8.self)
    #expect(scheduler.contains("learned_range"))
  }

  @Test func `a run folder has settings, metrics, a log and checkpoints`() async throws {
    let run = try await TrainedRun.shared.path
    #expect(try names(in: run.appending("checkpoints")) == ["step-00000010.h5"])
    let present = try names(in: run)
    for name in ["checkpoints", "config.yaml", "log.txt", "metrics.csv", "samples"] {
      #expect(present.contains(name))
    }
    let metrics = String(decoding: try contents(run.appending("metrics.csv")), as: UTF8.self)
    let rows = metrics.split(separator: "\n")
    #expect(rows.first?.hasPrefix("step,images_seen,loss,") == true)
    #expect(rows.count == 11)
  }

  @Test func `an interrupt saves, exits with 130, and the same command goes on`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let stopped = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 100_000, "--json"), in: folder.path,
      limit: .seconds(60),
      interruption: .init(SIGINT, whenExists: folder / "run/metrics.csv"))
    #expect(stopped.status == 130, "\(stopped)")
    let outcome = try decode(Outcome.self, stopped, at: "train")
    #expect(outcome.interrupted && outcome.step >= 1)
    let going = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: outcome.step + 1, "--json"), in: folder.path)
    #expect(going.status == 0, "\(going)")
    #expect(try decode(Outcome.self, going, at: "train").new_steps == 1, "\(going)")
  }

  @Test(arguments: TestImages.Damage.allCases)
  func `a broken image is left out, counted and named`(_ damage: TestImages.Damage) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
    try TestImages.writeBroken(damage, to: folder / "pictures/broken.png")
    let run = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 1, "--json"), in: folder.path)
    #expect(run.status == 3, "\(run)")
    #expect(try decode([String: Int].self, run, at: "images")["failed"] == 1)
    #expect(run.errors.contains("pictures/broken.png: \(cause(damage))"), "\(run)")

    let strict = try await ProgramRun(
      TrainedRun.train("pictures", "strict", steps: 1, "--strict"), in: folder.path)
    #expect(strict.status == 1, "\(strict)")
    #expect(strict.lastError == "Error: pictures/broken.png: \(cause(damage))")
  }

  private func cause(_ damage: TestImages.Damage) -> String {
    switch damage {
    case .cutShort: "broken PNG: the file ends within its IDAT chunk"
    case .wrongChecksum: "broken PNG: its IDAT chunk has a wrong checksum"
    case .empty: "not a PNG: the file is empty"
    case .otherFormat:
      "not a PNG: it is a JPEG image; convert it first, for example with ImageMagick: "
        + "magick mogrify -format png pictures/broken.png"
    }
  }

  @Test func `a folder with fewer images than a batch trains`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(3, to: folder / "pictures")
    let run = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 2), in: folder.path)
    #expect(run.status == 0, "\(run)")
  }

  @Test func `a dry run says what would be done and leaves nothing`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(64, to: folder / "pictures")
    let run = try await ProgramRun(
      ["train", "pictures", "-o", "run", "--dry-run", "--json"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.errors.contains("64 images: all 32 x 32 pixels\n"), "\(run)")
    #expect(run.errors.contains("network small: 4.44 million parameters"), "\(run)")
    struct DryRun: Decodable {
      let width: Int
      let height: Int
      let channels: Int
    }
    struct Time: Decodable {
      let seconds_per_step: Double
    }
    let said = try decode(DryRun.self, run, at: "images")
    #expect(
      try decode(Time.self, run, at: "time").seconds_per_step > 0
        && run.errors.contains(#/ (steps\/s|s\/step) here(, roughly)?: about /#))
    #expect(said.width == 32 && said.height == 32 && said.channels == 3)
    #expect(try folder.names() == ["pictures"])
  }

  @Test func `gray images that are not square train and generate`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write(
      "a.png", "b.png", "c.png", width: 24, height: 16, format: .gray, to: folder / "pictures")
    let run = try await ProgramRun(TrainedRun.train("pictures", "run", steps: 2), in: folder.path)
    #expect(run.status == 0, "\(run)")
    let drawn = try await ProgramRun(
      ["generate", "run", "-o", "images", "-n", "1", "--steps", "2"], in: folder.path)
    #expect(drawn.status == 0, "\(drawn)")
    let image = try PNGReader.header(of: folder / "images/000000.png")
    #expect(image.width == 24 && image.height == 16 && image.format == .gray)
  }
}
