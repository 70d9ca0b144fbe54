import Foundation
import SystemPackage
import TestSupport
import Testing

/// What is in a folder that becomes a run's.
@Suite struct RunOutputTests {
  /// `pictures`: flowers; `run`: the files that are given.
  private func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
    for (name, text) in files { try write(text, folder / "run/\(name)") }
    return folder
  }

  private func write(_ text: String, _ path: FilePath) throws {
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path.string))
  }

  private func text(_ path: FilePath) throws -> String {
    String(decoding: try contents(path), as: UTF8.self)
  }

  private func train(
    steps: Int, _ more: String..., in folder: TemporaryFolder
  ) async throws -> ProgramRun {
    try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: steps) + more, in: folder.path)
  }

  static let notes =
    "# my notes\npreset: tiny  # the smallest\nbatch: 3\nsample-every: 0\nsteps: 2\n"

  @Test func `settings that are given stay as they are, with their comments`() async throws {
    let folder = try folder(["config.yaml": Self.notes])
    let command = ["train", "pictures", "--config", "run/config.yaml", "-o", "run"]
    let first = try await ProgramRun(command, in: folder.path)
    #expect(first.status == 0, "\(first)")
    #expect(
      first.errors.contains(
        "run/config.yaml is kept; all settings are in run/config.full.yaml\n"), "\(first)")
    #expect(try text(folder / "run/config.yaml") == Self.notes)
    #expect(try text(folder / "run/config.full.yaml").contains("batch: 3\n"))
    let page = try await ProgramRun(
      ["report", "run", "-o", "run/config.full.yaml", "--overwrite"], in: folder.path)
    #expect(page.lastError.contains("it is an input of this command"), "\(page)")

    let again = try await ProgramRun(command, in: folder.path)
    #expect(again.status == 0 && again.errors.contains("already ended after 2 steps"), "\(again)")
    // By another way to the same file, and without it, the run goes on with its own settings.
    let other = try await ProgramRun(
      ["train", "pictures", "--config", "run/../run/config.yaml", "-o", "./run", "--steps", "3"],
      in: folder.path)
    #expect(other.status == 0 && other.errors.contains("3 steps in"), "\(other)")
    let alone = try await ProgramRun(
      ["train", "pictures", "-o", "run", "--steps", "4"], in: folder.path)
    #expect(alone.status == 0 && alone.errors.contains("4 steps in"), "\(alone)")
    #expect(try text(folder / "run/config.yaml") == Self.notes)
    let different = try await ProgramRun(command + ["--batch", "4"], in: folder.path)
    #expect(different.lastError.contains("batch: 3 there, 4 here"), "\(different)")
  }

  @Test func `comments that a user has added to a run's settings stay`() async throws {
    let folder = try folder([:])
    #expect(try await train(steps: 1, in: folder).status == 0)
    let own = try text(folder / "run/config.yaml")
    #expect(!FileManager.default.fileExists(atPath: (folder / "run/config.full.yaml").string))
    // Without comments it is Stipple's to write.
    #expect(try await train(steps: 2, in: folder).status == 0)
    #expect(try text(folder / "run/config.yaml") == own.replacing("steps: 1\n", with: "steps: 2\n"))

    let mine = "# the good one\n" + own
    try write(mine, folder / "run/config.yaml")
    let run = try await train(steps: 3, "--config", "run/config.yaml", in: folder)
    #expect(run.status == 0, "\(run)")
    #expect(try text(folder / "run/config.yaml") == mine)
    #expect(try text(folder / "run/config.full.yaml").contains("steps: 3\n"))
  }

  @Test(arguments: [
    ("config.yaml", "services:\n  web: 1\n", "a run's settings by stipple train"),
    ("config.yaml", notes, "a run's settings by stipple train"),
    ("metrics.csv", "epoch,loss\n1,2\n", "a table by stipple train"),
    ("performance.csv", "a\n", "a table by stipple train"),
    ("timesteps.csv", "a\n", "a table by stipple train"),
    ("quality.csv", "a\n", "a table by stipple train"),
    ("nearest.png", "not by Stipple", "an image by stipple train"),
    ("examples.png", "not by Stipple", "an image by stipple train"),
    ("report.html", "<!DOCTYPE html>\n<p>mine", "a report by stipple"),
    ("log.txt", "Dear diary\n", "a log by stipple train"),
    ("images.json", #"{"my": "annotations"}"#, "a list of images by stipple train"),
    ("lock", "mine\n", "a lock by stipple train"),
    ("samples/step-00000001.png", "not by Stipple", "an image by stipple train"),
    ("noised/step-00000001.h5", "not by Stipple", "a recorded training batch"),
    ("ema/step-00000001.h5", "not by Stipple", "an EMA snapshot"),
  ])
  func `files that are not a run's stay, or are replaced where that is asked for`(
    name: String, content: String, kind: String
  ) async throws {
    let folder = try folder([name: content])
    let flags = ["--sample-every", "1", "--snapshot-every", "1", "--record-batches", "every=1"]
    func train(_ more: String...) async throws -> ProgramRun {
      try await ProgramRun(
        TrainedRun.train("pictures", "run", steps: 1) + flags + more, in: folder.path)
    }
    let refused = try await train()
    #expect(refused.status == 1, "\(refused)")
    #expect(
      refused.lastError == "Error: run/\(name): not written: the file exists, and is not \(kind); "
        + "give another name, or --overwrite to replace it")
    #expect(try text(folder / "run/\(name)") == content)
    #expect(try names(in: folder / "run").count == 1, "work was begun")

    let planned = try await train("--overwrite", "--dry-run")
    #expect(planned.status == 0, "\(planned)")
    #expect(try text(folder / "run/\(name)") == content)
    let replaced = try await train("--overwrite")
    #expect(replaced.status == 0, "\(replaced)")
    #expect(try text(folder / "run/\(name)") != content)
    let again = try await train()
    #expect(again.status == 0, "\(again)")
  }
}
