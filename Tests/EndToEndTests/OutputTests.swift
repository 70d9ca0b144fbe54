import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// What is in the way of an output: refused before any work, and left as it is.
@Suite struct OutputTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let sentence: String

    init(_ arguments: String, _ sentence: String) {
      self.arguments = arguments.components(separatedBy: " ")
      self.sentence = "Error: " + sentence
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let wayOut = "give another name, or --overwrite to replace it"
  private static let curve = "the file exists, and is not a CSV file by stipple evaluate; "
  private static let input = "not written: it is an input of this command; give"
  private static let other =
    "not written: the file exists, and was not made by Stipple; give another output, or --overwrite "
    + "to replace it"

  /// Files that are not Stipple's own of the kind.
  static let foreign = [
    Case("evaluate run pictures --csv notes.csv", "notes.csv: not written: \(curve)\(wayOut)"),
    Case("evaluate run pictures --csv model.h5", "model.h5: not written: \(curve)\(wayOut)"),
    Case("evaluate run pictures --csv copy.png", "copy.png: not written: \(curve)\(wayOut)"),
    Case("evaluate run pictures --csv link.csv", "link.csv: not written: \(curve)\(wayOut)"),
    Case(
      "evaluate run pictures --dry-run --csv notes.csv", "notes.csv: not written: \(curve)\(wayOut)"
    ),
    Case(
      "compare pictures others --csv notes.csv",
      "notes.csv: not written: the file exists, and is not a CSV file of metrics by stipple compare; \(wayOut)"
    ),
    Case(
      "compare pictures others --neighbors notes.csv",
      "notes.csv: not written: the file exists, and is not a CSV file of nearest neighbors by stipple compare; \(wayOut)"
    ),
    Case(
      "compare pictures others --pairs notes.csv",
      "notes.csv: not written: the file exists, and is not an image by stipple compare; \(wayOut)"),
    Case(
      "denoise --model run pictures -o mine --clean pictures --sigma 9",
      "mine/quality.csv: not written: the file exists, and is not a CSV file by stipple denoise; "
        + wayOut),
    Case(
      "denoise --model run pictures -o new --add-noise 9 --noisy model.h5",
      "model.h5: not written: the file exists, and is not a file of noisy images; \(wayOut)"),
    Case(
      "denoise --model run pictures -o new --add-noise 9 --noisy others",
      "others/000000.png: \(other)"),
    Case(
      "noise pictures -o notes.csv",
      "notes.csv: not written: the file exists, and is not a file of noisy samples; \(wayOut)"),
    Case(
      "noise pictures -o new.h5 --timesteps 10 --png others",
      "others/000000.png: \(other)"),
    Case(
      "generate run -o new --grid notes.csv",
      "notes.csv: not written: the file exists, and is not an image by stipple generate; \(wayOut)"
    ),
    Case(
      "generate run -o new --animation copy.png",
      "copy.png: not written: the file exists, and is not an image by stipple generate; \(wayOut)"),
    Case(
      "generate run -o new --trajectory model.h5",
      "model.h5: not written: the file exists, and is not a trajectory; \(wayOut)"),
    Case(
      "interpolate run -o new --seeds 1 2 --grid copy.png",
      "copy.png: not written: the file exists, and is not an image by stipple interpolate; "
        + wayOut),
    Case(
      "ema run --length 0.1 -o notes.csv",
      "notes.csv: not written: the file exists, and is not a checkpoint; \(wayOut)"),
    Case(
      "import others -o notes.csv",
      "notes.csv: not written: the file exists, and is not a checkpoint; \(wayOut)"),
  ]

  /// What even `--overwrite` does not replace.
  static let inputs = [
    Case("evaluate model.h5 pictures --csv model.h5", "model.h5: \(input) --csv another name"),
    Case(
      "generate run -o new --guide model.h5 --trajectory model.h5 --overwrite",
      "model.h5: \(input) --trajectory another name"),
    Case(
      "evaluate run pictures --csv run/checkpoints/step-00000010.h5",
      "run/checkpoints/step-00000010.h5: \(input) --csv another name"),
    Case(
      "evaluate run pictures --csv run/metrics.csv",
      "run/metrics.csv: \(input) --csv another name"),
    Case(
      "evaluate run pictures --csv pictures/000000.png",
      "pictures/000000.png: \(input) --csv another name"),
    Case(
      "evaluate run pictures/000000.png --csv pictures/../pictures/000000.png",
      "pictures/../pictures/000000.png: \(input) --csv another name"),
    Case(
      "evaluate run pictures --csv picture.csv", "picture.csv: \(input) --csv another name"),
    Case(
      "compare pictures others --neighbors others/000001.png",
      "others/000001.png: \(input) --neighbors another name"),
    Case(
      "compare pictures others --pairs pictures/pairs.png",
      "pictures/pairs.png: not written: it would be one of the images of pictures, which this command "
        + "reads; give --pairs another folder"),
    Case(
      "generate run -o new --grid run/checkpoints/step-00000010.h5",
      "run/checkpoints/step-00000010.h5: \(input) --grid another name"),
    Case(
      "ema run --length 0.1 -o run/checkpoints/step-00000010.h5",
      "run/checkpoints/step-00000010.h5: \(input) -o another name"),
    Case(
      "inpaint run pictures --masks others -o others",
      "others: is both input and output: results would replace the images; use another folder"),
    Case(
      "denoise --model run pictures --clean others -o linked",
      "linked: is both input and output: results would replace the images; use another folder"),
    Case(
      "denoise --model run pictures -o .",
      ".: not written: with --overwrite, results could replace images of pictures, which is "
        + "inside; use another folder"),
    Case(
      "evaluate run pictures --csv others",
      "others: not written: it is a folder; give --csv the name of a file"),
    Case(
      "evaluate run pictures --csv /dev/null",
      "/dev/null: not written: it is not a regular file; give another name"),
    Case(
      "denoise --model run pictures -o notes.csv",
      "notes.csv: not written: it is a file; give -o the name of a folder"),
    Case(
      "train pictures -o notes.csv --preset tiny",
      "notes.csv: not written: it is a file; give -o the name of a folder"),
    Case(
      "distill run pictures -o notes.csv",
      "notes.csv: not written: it is a file; give -o the name of a folder"),
  ]

  /// Outputs that would be at one place.
  static let collisions = [
    Case(
      "denoise --model run pictures -o X --add-noise 9 --noisy X",
      "X: not written: it is both -o and --noisy; give them different names"),
    Case(
      "denoise --model run pictures -o X --add-noise 9 --noisy ./Y/../X/",
      "./Y/../X: not written: it is both -o and --noisy; give them different names"),
    Case(
      "denoise --model run pictures -o X/Y --add-noise 9 --noisy X",
      "X/Y: not written: -o is inside X, the folder of --noisy; give a name outside of it"),
    Case(
      "denoise --model run pictures -o X --add-noise 9 --noisy X/noisy.h5",
      "X/noisy.h5: not written: --noisy is inside X, the folder of -o; give a name outside of it"),
    Case(
      "generate run -o X --grid X/grid.png",
      "X/grid.png: not written: --grid is inside X, the folder of -o; give a name outside of it"),
    Case(
      "generate run -o empty --grid emptylink/grid.png",
      "emptylink/grid.png: not written: --grid is inside empty, the folder of -o; give a name "
        + "outside of it"),
    Case(
      "generate run -o X --grid a.png --animation a.png",
      "a.png: not written: it is both --grid and --animation; give them different names"),
    Case(
      "interpolate run -o X --seeds 1 2 --animation X/film.apng",
      "X/film.apng: not written: --animation is inside X, the folder of -o; give a name outside of it"
    ),
    Case(
      "compare pictures others --csv X/a.csv --neighbors X/../X/a.csv",
      "X/a.csv: not written: it is both --neighbors and --csv; give them different names"),
    Case(
      "noise pictures -o X --png X",
      "X: not written: it is both -o and --png; give them different names"),
    Case(
      "evaluate run pictures --csv notes.csv/a.csv",
      "notes.csv/a.csv: not written: "),
  ]

  @Test(arguments: foreign)
  func `what is another's stays`(_ row: Case) async throws {
    try await refuses(row.arguments, row.sentence)
  }

  @Test(arguments: inputs)
  func `inputs stay, even with --overwrite`(_ row: Case) async throws {
    try await refuses(row.arguments + ["--overwrite"], row.sentence)
  }

  @Test(arguments: collisions)
  func `outputs do not collide`(_ row: Case) async throws {
    try await refuses(row.arguments, row.sentence)
  }

  @Test(arguments: ["x", "./x", "x/y", "../x"])
  func `outputs in a removed current folder are refused at once`(_ output: String) async throws {
    let folder = try TemporaryFolder()
    let shell = try await ShellRun(
      """
      mkdir gone; cd gone; rmdir ../gone
      timeout 60 "$STIPPLE" generate "$1" -o "$2" -n 1; echo "$?"
      """, [try await TrainedRun.shared.path.string, output], in: folder.path)
    #expect(
      shell.output.hasSuffix(
        "Error: \(output): not written: the current folder has been removed; change to another "
          + "folder\n1\n"), "\(shell)")
  }

  private func refuses(_ arguments: [String], _ sentence: String) async throws {
    let folder = try await Places.shared.path
    let before = try files(below: folder)
    let run = try await ProgramRun(arguments, in: folder)
    #expect(run.lastError.hasPrefix(sentence), "\(run)")
    #expect(run.status == 1, "\(run)")
    #expect(try files(below: folder) == before, "something was changed")
  }

  @Test func `Stipple's own are replaced, and others where that is asked for`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    try Data("my notes\n".utf8).write(to: URL(filePath: (folder / "a.csv").string))
    let run = try await TrainedRun.shared.path.string
    func stipple(_ command: String) async throws -> ProgramRun {
      try await ProgramRun(
        command.replacing("RUN", with: run).components(separatedBy: " "), in: folder.path)
    }
    let evaluate = "evaluate RUN in --timesteps 2 --csv a.csv"
    #expect(try await stipple(evaluate).status == 1)
    #expect(try contents(folder / "a.csv") == Data("my notes\n".utf8))
    #expect(try await stipple(evaluate + " --overwrite").status == 0)
    #expect(try await stipple(evaluate + " --seed 1").status == 0)
    let other = try await stipple("compare in in --csv a.csv")
    #expect(other.status == 1, "\(other)")

    #expect(try await stipple("denoise --model RUN in -o out --sigma 9").status == 0)
    let first = try contents(folder / "out/000000.png")
    #expect(try await stipple("denoise --model RUN in -o out --sigma 30").status == 1)
    #expect(try contents(folder / "out/000000.png") == first)
    let replaced = try await stipple("denoise --model RUN in -o out --sigma 30 --overwrite")
    #expect(replaced.status == 0 && replaced.errors.contains("2 images written"), "\(replaced)")
    #expect(try contents(folder / "out/000000.png") != first)
    // What is as expected is not made again.
    let again = try await stipple("denoise --model RUN in -o out --sigma 30 --overwrite")
    #expect(again.errors.contains("0 images written to out, 2 skipped (already exist)"), "\(again)")

    let noise = "noise in -o n.h5 --timesteps 0,9"
    #expect(try await stipple(noise).status == 0)
    #expect(try await stipple(noise + " --seed 1").status == 1)
    let noised = try await stipple(noise + " --seed 1 --overwrite")
    #expect(noised.errors.contains("2 images at 2 steps written"), "\(noised)")
  }
}

/// A folder with all that outputs could be in the way of, made once.
private enum Places {
  static var shared: TemporaryFolder {
    get async throws { try await making.value }
  }

  private static let making = Task {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    try TestImages.copyFlowers(4, to: folder / "pictures")
    try TestImages.copyFlowers(4, to: folder / "others")
    for name in ["empty", "mine"] {
      try manager.createDirectory(
        atPath: (folder / name).string, withIntermediateDirectories: true)
    }
    for name in ["notes.csv", "mine/quality.csv"] {
      try Data("image,psnr\nmine,1\n".utf8).write(to: URL(filePath: (folder / name).string))
    }
    let run = try await TrainedRun.shared.path
    try manager.copyItem(atPath: run.string, toPath: (folder / "run").string)
    try manager.copyItem(
      atPath: run.appending("checkpoints/step-00000010.h5").string,
      toPath: (folder / "model.h5").string)
    try manager.copyItem(
      atPath: (folder / "pictures/000000.png").string, toPath: (folder / "copy.png").string)
    for (link, target) in [
      ("link.csv", "notes.csv"), ("picture.csv", "pictures/000000.png"), ("linked", "others"),
      ("emptylink", "empty"),
    ] {
      try manager.createSymbolicLink(
        atPath: (folder / link).string, withDestinationPath: target)
    }
    return folder
  }
}
