import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// Models that have names, from the outside: `stipple models`, and `stipple denoise` without `--model`.
@Suite struct ModelsTests {
  /// A folder with the models `denoise-rgb`, with a card, and `denoise-gray`, without.
  private static let making = Task {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 32, height: 32, format: .gray, to: folder / "gray")
    let card = """
      # A small model

      It is for tests.

      ## Figures

      None worth telling.

      """
    try Data(card.utf8).write(to: URL(filePath: (folder / "card.md").string))
    let run = try await TrainedRun.shared.path.string
    for command in [
      TrainedRun.train("gray", "run", steps: 1),
      ["export", "run", "-o", "models/denoise-gray.h5"],
      ["export", run, "-o", "models/denoise-rgb.h5", "--card", "card.md"],
    ] {
      let done = try await ProgramRun(command, in: folder.path)
      try #require(done.status == 0, "\(done)")
    }
    return folder
  }

  private static func stipple(
    _ arguments: String..., in folder: FilePath, data: String? = nil
  ) async throws -> ProgramRun {
    let models = try await making.value / "models"
    return try await ProgramRun(
      arguments.flatMap { $0.split(separator: " ").map(String.init) }, in: folder,
      environment: ["STIPPLE_DATA": data ?? models.string])
  }

  @Test func `models are listed with what is known of them`() async throws {
    let folder = try await Self.making.value.path
    let list = try await Self.stipple("models", in: folder, data: "nowhere:models")
    #expect(list.status == 0 && list.errors == "", "\(list)")
    let lines = list.output.split(separator: "\n").map(String.init)
    #expect(lines.contains("denoise-gray  no model card"), "\(list)")
    #expect(lines.contains("denoise-rgb   A small model"), "\(list)")
    for line in ["It is for tests.", "None worth telling.", "models/denoise-rgb.h5"] {
      #expect(lines.contains("              \(line)"), "\(list)")
    }
    #expect(
      lines.contains {
        $0.hasPrefix("              RGB, ") && $0.contains(" parameters (float16), ")
      },
      "\(list)")
    let card = try await Self.stipple("models denoise-rgb", in: folder)
    #expect(card.status == 0 && card.output.hasPrefix("# A small model\n\nIt is"), "\(card)")
    let shown = try await Self.stipple("inspect denoise-rgb", in: folder)
    #expect(shown.output.contains("\nmodel      A small model\n"), "\(shown)")
  }

  @Test func `what is no model is left out of the list by name`() async throws {
    let folder = try TemporaryFolder()
    try Data("mine".utf8).write(to: URL(filePath: (folder / "mine.h5").string))
    let list = try await Self.stipple("models", in: folder.path, data: ".")
    #expect(list.status == 3, "\(list)")
    #expect(list.errors.contains("left out: ./mine.h5: is not an HDF5 file"), "\(list)")
    // Other HDF5 files are nobody's models.
    let other = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: other / "in")
    let noise = try await ProgramRun(["noise", "in", "-o", "noisy.h5"], in: other.path)
    #expect(noise.status == 0, "\(noise)")
    let none = try await Self.stipple("models", in: other.path, data: ".:nowhere")
    #expect(none.status == 0 && !none.errors.contains("noisy"), "\(none)")
  }

  @Test func `where no model is installed the folders are named`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    let bin = try ProgramRun.program().removingLastComponent()
    try FileManager.default.createDirectory(
      atPath: (folder / "bin").string, withIntermediateDirectories: true)
    // Where the program is a file of its own, nothing of the repository is beside it.
    try FileManager.default.copyItem(
      atPath: bin.appending("stipple").string, toPath: (folder / "bin/stipple").string)
    let none = try await ShellRun("STIPPLE_DATA=a:b bin/stipple models", in: folder.path)
    #expect(none.status == 0, "\(none)")
    #expect(none.output.hasPrefix("no models are installed; looked in a, b, "), "\(none)")
    #expect(none.output.contains("/share/stipple, "), "\(none)")
    let denoise = try await ShellRun(
      "STIPPLE_DATA=a:b bin/stipple denoise in -o out", in: folder.path)
    #expect(denoise.status == 1, "\(denoise)")
    #expect(
      denoise.lastLine.hasPrefix("Error: denoise-rgb: could not be found: no such model in a, b, ")
        && denoise.lastLine.hasSuffix(
          "; give a checkpoint with --model, or set STIPPLE_DATA to the folder of the models"),
      "\(denoise)")
    // Beside the program, wherever a link to it is.
    try FileManager.default.createDirectory(
      atPath: (folder / "share").string, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: (try await Self.making.value / "models").string,
      toPath: (folder / "share/stipple").string)
    let found = try await ShellRun("ln -s bin/stipple s; ./s models", in: folder.path)
    #expect(
      found.status == 0 && found.output.contains("/share/stipple/denoise-rgb.h5\n"), "\(found)")
  }

  @Test func `images are denoised by the model of their channels`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 24, height: 16, format: .gray, to: folder / "gray")
    try TestImages.write("b.png", width: 24, height: 16, format: .grayAlpha, to: folder / "gray")
    try TestImages.write("c.png", width: 24, height: 16, to: folder / "color")
    try TestImages.writeBroken(.empty, to: folder / "gray/broken.png")
    for (images, model, expected) in [
      ("gray", "gray", 3), ("color", "rgb", 0), ("gray/a.png color", "rgb", 0),
    ] as [(String, String, Int32)] {
      let run = try await Self.stipple(
        "denoise \(images) -o to-\(model) --sigma 9", in: folder.path)
      #expect(run.status == expected, "\(run)")
      #expect(run.errors.contains("/models/denoise-\(model).h5\n"), "\(run)")
      // The same command again finds the folder of a model's name, and finishes what is missing.
      let again = try await Self.stipple(
        "denoise \(images) -o to-\(model) --sigma 9", in: folder.path)
      #expect(again.errors.contains("0 images written to to-\(model)"), "\(again)")
    }
    let named = try await Self.stipple(
      "denoise color -o denoise-rgb --model denoise-rgb --sigma 9", in: folder.path)
    #expect(named.status == 0, "\(named)")
    let again = try await Self.stipple(
      "denoise color -o denoise-rgb --model denoise-rgb --sigma 9", in: folder.path)
    #expect(again.errors.contains("0 images written"), "\(again)")
  }

  @Test func `without a model for grayscale the one for color is taken`() async throws {
    let folder = try await Self.making.value
    let only = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: (folder / "models/denoise-rgb.h5").string,
      toPath: (only / "denoise-rgb.h5").string)
    let run = try await Self.stipple(
      "denoise gray -o clean --sigma 9", in: folder.path, data: only.path.string)
    #expect(run.status == 0, "\(run)")
    #expect(run.errors.contains("/denoise-rgb.h5\n"), "\(run)")
  }

  @Test func `other commands take a name too`() async throws {
    let folder = try TemporaryFolder()
    let run = try await Self.stipple(
      "generate denoise-rgb -o new -n 1 --steps 2", in: folder.path)
    #expect(run.status == 0, "\(run)")
    let unknown = try await Self.stipple("generate denose-rgb -o other", in: folder.path)
    #expect(unknown.status == 1, "\(unknown)")
    #expect(
      unknown.lastError.hasSuffix(
        "of this name; did you mean denoise-rgb? models: denoise-gray, denoise-rgb"), "\(unknown)")
  }

  @Test(arguments: [
    ("export denoise-rgb -o denoise-rgb.h5", "-o"),
    ("denoise in -o out --add-noise 9 --noisy denoise-rgb.h5", "--noisy"),
    ("generate denoise-rgb -o out --trajectory denoise-rgb.h5", "--trajectory"),
  ])
  func `no output replaces the model that is used by its name`(
    _ row: (String, String)
  ) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    let model = try await Self.making.value / "models/denoise-rgb.h5"
    try FileManager.default.copyItem(
      atPath: model.string, toPath: (folder / "denoise-rgb.h5").string)
    let run = try await Self.stipple("\(row.0) --overwrite", in: folder.path, data: ".")
    #expect(run.status == 1, "\(run)")
    #expect(
      run.lastError
        == "Error: denoise-rgb.h5: not written: it is an input of this command; give \(row.1) "
        + "another name", "\(run)")
    #expect(try contents(folder / "denoise-rgb.h5") == contents(model))
  }

  @Test(arguments: [
    "run in -o out", "run -o out", "m.h5 in -o out", "in gone.h5 -o out", "denoise-rgb in -o out",
  ])
  func `a model in an image's place is told where it goes`(_ old: String) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    let trained = try await TrainedRun.shared.path
    try FileManager.default.copyItem(atPath: trained.string, toPath: (folder / "run").string)
    try FileManager.default.copyItem(
      atPath: trained.appending("checkpoints/step-00000010.h5").string,
      toPath: (folder / "m.h5").string)
    let model = old.split(separator: " ").first { $0 != "in" } ?? ""
    let run = try await Self.stipple("denoise \(old)", in: folder.path)
    #expect(run.status == 64, "\(run)")
    #expect(
      run.errors.hasPrefix(
        "Error: \(model): is a model, not an image; give it with --model \(model)\n"), "\(run)")
    for name in ["--checkpoint", "--ckpt", "--model-path"] {
      let other = try await Self.stipple("denoise in -o out \(name) x", in: folder.path)
      #expect(other.errors.hasPrefix("Error: Unknown option '\(name)'. Did you mean '--model'?"))
    }
  }
}
