import SystemPackage
import TestSupport
import Testing

/// `--guide` from the outside.
@Suite struct AutoguidanceTests {
  @Test func `a run guides itself by a snapshot, or says how it could`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    func run(_ arguments: String...) async throws -> ProgramRun {
      try await ProgramRun(arguments, in: folder.path)
    }
    let trained = try await ProgramRun(
      TrainedRun.train(
        "pictures", "run", steps: 8, "--size", "16", "--snapshot-every", "2",
        "--checkpoint-every", "4"), in: folder.path)
    #expect(trained.status == 0, "\(trained)")
    for (name, guide) in [
      ("itself", "run"), ("snapshot", "run/ema/step-00000002.h5"),
      ("checkpoint", "run/checkpoints/step-00000004.h5"),
    ] {
      let drawn = try await run(
        "generate", "run", "-o", name, "-n", "2", "--steps", "3", "--guide", guide)
      #expect(drawn.status == 0, "\(drawn)")
    }
    let image = "000001.png"
    // The snapshot at a fourth of the steps.
    #expect(
      try TestImages.pixels(folder / "itself/\(image)")
        == TestImages.pixels(folder / "snapshot/\(image)"))
    #expect(
      try TestImages.pixels(folder / "itself/\(image)")
        != TestImages.pixels(folder / "checkpoint/\(image)"))
    let told = try await run("inspect", "itself/\(image)")
    #expect(told.output.contains("guide"), "\(told)")

    let plain = try await ProgramRun(
      TrainedRun.train("pictures", "plain", steps: 2, "--size", "16"), in: folder.path)
    #expect(plain.status == 0, "\(plain)")
    let refused = try await run("generate", "plain", "-o", "new", "--guide", "plain")
    #expect(
      refused.lastError == "Error: plain: has no earlier EMA snapshot to guide by; train with "
        + "--snapshot-every, or give an earlier checkpoint", "\(refused)")
    let interval = try await run("generate", "run", "-o", "new", "--guidance-interval", "0.3..3")
    #expect(interval.status == 64, "\(interval)")
  }
}
