import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stipple distill` from the outside.
@Suite struct DistillTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) async throws -> ProgramRun {
    try await ProgramRun(arguments, in: folder.path)
  }

  @Test func `a run is tuned for two steps, and generates in them`() async throws {
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let trained = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 12, "--size", "16", "--recipe", "edm"),
      in: folder.path)
    #expect(trained.status == 0, "\(trained)")

    let plan = try await run("distill", "run", "-o", "fast", "--dry-run")
    #expect(plan.status == 0 && plan.errors.contains("for 100 steps"), "\(plan)")
    #expect(!FileManager.default.fileExists(atPath: (folder / "fast").string))
    // The images are those of the run, wherever the command is given.
    let command = [
      "distill", "\(folder / "run")", "-o", "\(folder / "fast")", "--steps", "2",
      "--training-steps",
      "4", "--sample-every", "4",
    ]
    let distilled = try await ProgramRun(command, in: "/")
    #expect(distilled.status == 0 && distilled.errors.contains("new run"), "\(distilled)")
    #expect(distilled.errors.contains("next: stipple generate"), "\(distilled)")
    #expect(try names(in: folder / "fast/samples") == ["step-00000004.png"])
    let again = try await run("distill", "run", "-o", "fast", "--training-steps", "6")
    #expect(
      again.status == 0 && again.errors.contains("resuming from step-00000004.h5"), "\(again)")

    // The model may have been trained on since.
    let further = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 14, "--size", "16", "--recipe", "edm"),
      in: folder.path)
    #expect(further.status == 0, "\(further)")
    let resumed = try await run("distill", "run", "-o", "fast", "--training-steps", "8")
    #expect(
      resumed.status == 0 && resumed.errors.contains("resuming from step-00000006.h5"),
      "\(resumed)")

    let drawn = try await run("generate", "fast", "-o", "images", "-n", "2")
    #expect(drawn.status == 0, "\(drawn)")
    #expect(drawn.errors.contains("sampler consistency, 2 steps"), "\(drawn)")
    let told = try await run("inspect", "images/000001.png")
    #expect(told.output.contains("sampler  consistency\n"), "\(told)")
    #expect(told.output.contains("steps    2\n"), "\(told)")
    let one = try await run("generate", "fast", "-o", "one", "-n", "1", "--steps", "1", "--json")
    #expect(one.status == 0, "\(one)")
    let other = try await run(
      "generate", "fast", "-o", "other", "-n", "1", "--sampler", "ddim", "--dry-run")
    #expect(other.errors.contains("with ddim images may come out worse"), "\(other)")
    #expect(other.errors.contains("25 NFE"), "\(other)")
    let blurred = try await run(
      "generate", "run", "-o", "other", "-n", "1", "--sampler", "consistency", "--steps", "2",
      "--dry-run")
    #expect(blurred.errors.contains("for models that were distilled"), "\(blurred)")

    let inspected = try await run("inspect", "fast")
    #expect(inspected.output.contains("sampling   consistency, 2 steps"), "\(inspected)")
    #expect(inspected.output.contains("distilled from "), "\(inspected)")
    let exported = try await run("export", "fast", "-o", "diffusers")
    #expect(exported.status == 0, "\(exported)")
    #expect(exported.errors.contains("CMStochasticIterativeScheduler"), "\(exported)")

    for (arguments, sentence) in [
      (
        ["distill", "run", "-o", "fast", "--steps", "1"],
        "--steps: fast was started with 2; the training does not depend on it: use stipple generate fast --steps "
      ),
      (["distill", "run", "-o", "run"], "-o run: is the run of the model; give another folder"),
      (["distill", "fast", "-o", "run"], "run: is a training run"),
      (
        ["distill", "run", "-o", "fast", "--weights", "model", "--training-steps", "7"],
        "--weights: fast was begun with other weights"
      ),
      (["train", "pictures", "-o", "fast"], "continue it with stipple distill"),
      (
        ["generate", "fast", "-o", "new", "--timestep-spacing", "karras"],
        "--timestep-spacing: consistency has timesteps of its own"
      ),
    ] {
      let refused = try await ProgramRun(arguments, in: folder.path)
      #expect(refused.status != 0 && refused.errors.contains(sentence), "\(refused)")
    }
  }

  @Test func `a model without its images asks for them`() async throws {
    let model = try await TrainedRun.shared.path
    let checkpoint = model.appending("checkpoints").appending("step-00000010.h5")
    try FileManager.default.copyItem(atPath: checkpoint.string, toPath: (folder / "m.h5").string)
    let refused = try await run("distill", "m.h5", "-o", "fast")
    #expect(refused.status == 64, "\(refused)")
    #expect(
      refused.lastError == "  See 'stipple distill --help' for more information.", "\(refused)")
    #expect(
      refused.errors.contains(
        "m.h5: does not say which images it was trained on; give them: stipple distill m.h5 IMAGES -o fast"
      ),
      "\(refused)")
    let exported = try await run("export", "m.h5", "-o", "plain")
    #expect(exported.status == 0, "\(exported)")
    let imported = try await run("import", "plain", "-o", "imported.h5")
    #expect(imported.status == 0, "\(imported)")
    try TestImages.copyFlowers(4, to: folder / "pictures")
    let distilled = try await run(
      "distill", "imported.h5", "pictures", "-o", "fast", "--steps", "1", "--training-steps", "2",
      "--batch", "2", "--sample-every", "0")
    #expect(distilled.status == 0, "\(distilled)")
    let drawn = try await run("generate", "fast", "-o", "images", "-n", "1")
    #expect(drawn.status == 0 && drawn.errors.contains("sampler consistency, 1 step;"), "\(drawn)")
  }
}
