import SystemPackage
import TestSupport
import Testing

/// Models whose training has failed.
@Suite struct DivergedModelTests {
  // Clipped to an image, what is no number was black, and told as a success.
  @Test func `a model that has diverged makes no images`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "in")
    let training = [
      "train", "in", "-o", "run", "--preset", "tiny", "--size", "16", "--batch", "4", "--steps",
      "4",
      "--learning-rate", "1e30", "--warmup", "0", "--sample-every", "0", "--validation", "0",
    ]
    _ = try await ProgramRun(training, in: folder.path)
    for arguments in [
      ["generate", "run", "-o", "images", "-n", "2", "--steps", "3"],
      ["denoise", "in", "-o", "clean", "--model", "run"],
      ["evaluate", "run", "in", "--timesteps", "2"],
    ] {
      let run = try await ProgramRun(arguments, in: folder.path)
      #expect(run.status == 1, "\(run)")
      #expect(run.errors.contains("the model's output is not finite: "), "\(run)")
    }
  }
}
