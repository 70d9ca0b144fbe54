import Foundation
import PNGCodec
import Stipple
import SystemPackage
import TestSupport
import Testing

/// The programs and settings in `Examples`.
@Suite struct ExampleTests {
  private static let examples = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("Examples")

  @Test func `one trains, generates, and continues when called again`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let command = ["pictures", "run", "new", "2"]
    let run = try await ProgramRun(command, of: "TrainAndGenerate", in: folder.path)
    #expect(run.status == 0 && run.output.contains("trained 2 steps"), "\(run)")
    #expect(run.output.contains("generated 16 images, kept 0\n"), "\(run)")
    #expect(try names(in: folder / "new").count == 17)
    let again = try await ProgramRun(command, of: "TrainAndGenerate", in: folder.path)
    #expect(again.output.contains("generated 0 images, kept 16\n"), "\(again)")
  }

  @Test func `one denoises as the program does`() async throws {
    let trained = try await TrainedRun.shared
    let folder = try TemporaryFolder()
    let picture = trained.folder / "pictures/000003.png"
    let run = try await ProgramRun(
      [trained.path.string, picture.string, "example.png", "25"], of: "DenoiseInMemory",
      in: folder.path)
    #expect(run.status == 0 && run.output.hasPrefix("32 x 32\n"), "\(run)")
    let program = try await ProgramRun(
      [
        "denoise", "--model", trained.path.string, picture.string, "-o", "program", "--sigma", "25",
      ],
      in: folder.path)
    #expect(program.status == 0, "\(program)")
    #expect(
      try TestImages.pixels(folder / "example.png")
        == TestImages.pixels(folder / "program/000003.png"))
  }

  @Test func `one samples in its own way, each image by its index`() async throws {
    let trained = try await TrainedRun.shared
    let folder = try TemporaryFolder()
    for (name, count) in [("few", 2), ("more", 9)] {
      let run = try await ProgramRun(
        [trained.path.string, name, "\(count)"], of: "CustomSampler", in: folder.path)
      #expect(run.status == 0 && run.output.contains("\(count) images"), "\(run)")
      #expect(try names(in: folder / name).count == count)
    }
    let (few, more) = try (
      TestImages.pixels(folder / "few/1.png"), TestImages.pixels(folder / "more/1.png")
    )
    // Rounding may differ with the size of the batch.
    #expect(zip(few, more).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    #expect(Set(few).count > 16, "the image is one color")
    #expect(try few != TestImages.pixels(folder / "few/0.png"))
  }

  @Test(arguments: ["TrainAndGenerate", "DenoiseInMemory", "CustomSampler"])
  func `without arguments each says how it is called`(name: String) async throws {
    let run = try await ProgramRun([], of: name)
    #expect(run.status != 0 && run.output.hasPrefix("usage: \(name) "), "\(run)")
  }

  @Test(arguments: [
    ("sprites-32", 32, 4), ("textures-64", 64, 3), ("grayscale-medical-64", 64, 1),
    ("denoiser", 64, 3),
  ])
  func `a run can be planned with each of the settings files`(
    name: String, size: Int, channels: Int
  ) async throws {
    let folder = try TemporaryFolder()
    let format = try #require(PixelFormat(channels: channels))
    try TestImages.write(
      "a.png", "b.png", "c.png", width: 80, height: 72, format: format, to: folder / "images")
    let file = Self.examples.appending("settings").appending("\(name).yaml")
    let run = try await ProgramRun(
      ["train", "images", "-o", "run", "--config", file.string, "--dry-run"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    let preset = try TrainingSettings(yaml: file).preset
    let plan = try TrainingPlan(
      inputs: [folder / "images"], run: RunFolder(folder / "run"),
      settings: TrainingSettings(yaml: file, over: TrainingSettings(preset: preset)))
    #expect(plan.configuration.channels == channels)
    #expect(plan.configuration.images.width == size && plan.configuration.images.height == size)
  }

  @Test func `the tutorial comes to the program that is tested`() throws {
    let program = try contents(
      Self.examples.appending("TrainAndGenerate").appending("main.swift"))
    let steps = Self.examples.removingLastComponent()
      .appending("Sources/Stipple/Stipple.docc/Resources")
    for step in 1...4 {
      let text = try contents(steps.appending("train-\(step).swift"))
      #expect(program.starts(with: text) && text.last == UInt8(ascii: "\n"), "\(step)")
    }
    #expect(try contents(steps.appending("train-5.swift")) == program)
  }

  @Test func `every settings file is tested`() throws {
    #expect(
      try names(in: Self.examples.appending("settings")) == [
        "denoiser.yaml", "grayscale-medical-64.yaml", "sprites-32.yaml", "textures-64.yaml",
      ])
  }
}
