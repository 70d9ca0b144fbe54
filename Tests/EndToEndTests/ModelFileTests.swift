import Foundation
import HDF5
import SystemPackage
import TestSupport
import Testing

/// Model files, which `stipple export` writes, from the outside.
@Suite struct ModelFileTests {
  @Test func `every command takes a model file for a checkpoint`() async throws {
    let folder = try TemporaryFolder()
    let run = try await TrainedRun.shared.path.string
    try TestImages.copyFlowers(2, to: folder / "in")
    try Data("# A card\n".utf8).write(to: URL(filePath: (folder / "card.md").string))
    for command in [
      "export \(run) -o models/m.h5 --card card.md",
      "export models/m.h5 -o again.h5 --dtype float32",
      "generate models/m.h5 -o g -n 1 --steps 2", "generate again.h5 -o g -n 1 --steps 2",
      "evaluate models/m.h5 in --timesteps 2", "inspect models/m.h5 --verify",
    ] {
      let done = try await ProgramRun(
        command.split(separator: " ").map(String.init), in: folder.path)
      #expect(done.status == 0, "\(done)")
    }
    let shown = try await ProgramRun(["inspect", "models/m.h5"], in: folder.path)
    #expect(shown.output.contains("\nmodel      A card\n"), "\(shown)")
    #expect(shown.output.contains("  float16  "), "\(shown)")
    let whole = try contents(FilePath(run).appending("checkpoints/step-00000010.h5")).count
    #expect(try contents(folder / "models/m.h5").count < whole / 8)
  }

  @Test func `no training goes on from a model file`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
    let train = TrainedRun.train("pictures", "run", steps: 1)
    for command in [
      train, ["export", "run", "-o", "m.h5"],
    ] {
      let done = try await ProgramRun(command, in: folder.path)
      #expect(done.status == 0, "\(done)")
    }
    let checkpoint = folder / "run/checkpoints/step-00000001.h5"
    try FileManager.default.removeItem(atPath: checkpoint.string)
    try FileManager.default.moveItem(
      atPath: (folder / "m.h5").string, toPath: checkpoint.string)
    let more = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 2), in: folder.path)
    #expect(more.status == 1, "\(more)")
    #expect(
      more.lastError
        == "Error: run: cannot be continued: step-00000001.h5 is for use alone, without the "
        + "state of a training", "\(more)")
    #expect(try names(in: folder / "run/checkpoints") == ["step-00000001.h5"])
  }

  @Test(arguments: [
    (
      "-o folder --dtype float16", 64,
      "--dtype: only for a model file; give one, such as -o folder.h5"
    ),
    (
      "-o folder --card card.md", 64,
      "--card: only for a model file; give one, such as -o folder.h5"
    ),
    ("-o m.h5 --dtype int8", 64, "The value 'int8' is invalid for '--dtype <TYPE>'; give one of "),
    ("-o m.h5 --card nowhere.md", 1, "nowhere.md: could not be opened: No such file or directory"),
    ("-o m.h5 --card empty.md", 1, "empty.md: could not be read as a model card: it is empty"),
    ("-o card.h5 --card card.h5", 1, "card.h5: not written: it is an input of this command; "),
    (
      "-o m.npz", 64,
      "--output: m.npz is named like a file, but a network is exported in a folder; "
    ),
  ])
  func `what cannot be exported is said`(_ row: (String, Int32, String)) async throws {
    let folder = try TemporaryFolder()
    for (name, text) in [("empty.md", ""), ("card.md", "# A"), ("card.h5", "# A")] {
      try Data(text.utf8).write(to: URL(filePath: (folder / name).string))
    }
    let before = try names(in: folder.path)
    let run = try await TrainedRun.shared.path.string
    let done = try await ProgramRun(
      ["export", run] + row.0.split(separator: " ").map(String.init), in: folder.path)
    #expect(done.status == row.1, "\(done)")
    #expect(done.errors.contains("Error: \(row.2)"), "\(done)")
    #expect(try names(in: folder.path) == before)
  }
}
