import Foundation
import SystemPackage
import TestSupport
import Testing

/// A run folder whose newest checkpoint is damaged, as the commands that only read it see it.
@Suite struct DamagedRunTests {
  /// What can have happened to a file.
  enum Damage: String, CaseIterable, Sendable {
    case cutShort, empty, changedWeights

    func done(to good: Data) -> Data {
      switch self {
      case .cutShort: return good.prefix(good.count / 2)
      case .empty: return Data()
      case .changedWeights:
        // In the middle of the datasets: the file opens, and checksums are wrong.
        var bad = good
        for place in stride(from: good.count / 8, to: good.count * 7 / 8, by: 4096) {
          bad[bad.startIndex + place] ^= 4
        }
        return bad
      }
    }
  }

  /// A run with a good checkpoint of step 10 and damaged ones of steps 20 and 30.
  private func run(in folder: TemporaryFolder, _ damage: Damage) async throws {
    let whole = try await TrainedRun.shared.path
    try FileManager.default.copyItem(atPath: whole.string, toPath: (folder / "run").string)
    let good = try contents(checkpoint(folder, 10))
    for step in [20, 30] {
      try damage.done(to: good).write(to: URL(filePath: checkpoint(folder, step).string))
    }
  }

  private func checkpoint(_ folder: TemporaryFolder, _ step: Int) -> FilePath {
    folder / "run/checkpoints/step-000000\(step).h5"
  }

  @Test(arguments: Damage.allCases)
  func `is named, left alone, and the one before it used`(_ damage: Damage) async throws {
    let folder = try TemporaryFolder()
    try await run(in: folder, damage)
    try TestImages.copyFlowers(1, to: folder / "pictures")
    let before = try FileManager.default.subpathsOfDirectory(atPath: (folder / "run").string)
    let commands = [
      ["generate", "run", "-o", "new", "-n", "2", "--steps", "2"],
      ["denoise", "--model", "run", "pictures", "-o", "clean", "--sigma", "25"],
      ["export", "run", "-o", "exported"],
      ["inspect", "run"],
    ]
    for command in commands {
      let used = try await ProgramRun(command, in: folder.path)
      #expect(used.status == 0, "\(used)")
      for step in [30, 20] {
        let notes = used.errors.split(separator: "\n").filter {
          $0.hasPrefix("run/checkpoints/step-000000\(step).h5: ")
            && $0.hasSuffix("; the previous checkpoint is used")
        }
        #expect(notes.count == 1, "\(used)")
      }
    }
    #expect(
      try FileManager.default.subpathsOfDirectory(atPath: (folder / "run").string).sorted()
        == before.sorted())

    // What came of it is what the good checkpoint gives.
    let whole = try await TrainedRun.shared.path.string
    let drawn = try await ProgramRun(
      ["generate", whole, "-o", "expected", "-n", "2", "--steps", "2"], in: folder.path)
    #expect(drawn.status == 0, "\(drawn)")
    for name in ["000000.png", "000001.png"] {
      #expect(try contents(folder / "new/\(name)") == contents(folder / "expected/\(name)"))
    }
  }

  @Test func `verifying a run fails where its newest checkpoint is damaged`() async throws {
    let folder = try TemporaryFolder()
    try await run(in: folder, .changedWeights)
    let verified = try await ProgramRun(["inspect", "run", "--verify"], in: folder.path)
    #expect(verified.status == 3, "\(verified)")
    #expect(verified.output.contains("step       10, 80 images seen\n"), "\(verified)")
    #expect(verified.errors.contains("run/checkpoints/step-00000030.h5: "), "\(verified)")
  }

  @Test func `with no good checkpoint left the oldest one's damage is the error`() async throws {
    let folder = try TemporaryFolder()
    try await run(in: folder, .cutShort)
    try FileManager.default.removeItem(atPath: checkpoint(folder, 10).string)
    let drawn = try await ProgramRun(
      ["generate", "run", "-o", "new", "-n", "1", "--steps", "2"], in: folder.path)
    #expect(drawn.status == 1, "\(drawn)")
    #expect(
      drawn.errors == """
        run/checkpoints/step-00000030.h5: is truncated; copy or create it again; the previous checkpoint is used
        Error: run/checkpoints/step-00000020.h5: is truncated; copy or create it again

        """)
    #expect(try folder.names() == ["run"])
  }

  @Test func `a pipe or a folder by a checkpoint's name is passed over too`() async throws {
    let folder = try TemporaryFolder()
    try await run(in: folder, .empty)
    // Nobody writes to the pipe.
    let pipe = checkpoint(folder, 40)
    #expect(pipe.withPlatformString { mkfifo($0, 0o600) } == 0)
    try FileManager.default.createDirectory(
      atPath: checkpoint(folder, 50).string, withIntermediateDirectories: false)
    let drawn = try await ProgramRun(
      ["generate", "run", "-o", "new", "-n", "1", "--steps", "2"], in: folder.path,
      limit: .seconds(60))
    #expect(drawn.status == 0, "\(drawn)")
  }
}
