import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// `stipple interpolate` from the outside.
@Suite struct InterpolateTests {
  private struct Outcome: Decodable, Equatable {
    struct Images: Decodable, Equatable {
      var written = 0
      var skipped = 0
      var failed = 0
      var missing = 0
    }

    var images = Images()
    var failures: [String] = []
  }

  /// `stipple interpolate` of the shared run, three frames in two steps each.
  private func interpolate(_ more: String..., in folder: TemporaryFolder) async throws -> ProgramRun
  {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(
      ["interpolate", run, "--steps", "2", "--frames", "3"] + more, in: folder.path)
  }

  @Test func `the ends are what generate draws with their seeds`() async throws {
    let folder = try TemporaryFolder()
    let run = try await interpolate(
      "-o", "frames", "--seeds", "3", "7", "--index", "1", "--grid", "pictures/grid.png",
      "--animation",
      "pictures/film.apng", in: folder)
    #expect(run.status == 0 && run.lastError == "3 frames written to frames", "\(run)")
    #expect(try names(in: folder / "frames") == (0..<3).map { "00000\($0).png" })
    let checkpoint = try await TrainedRun.shared.path.string
    for (seed, frame) in [("3", "000000.png"), ("7", "000002.png")] {
      let drawn = try await ProgramRun(
        ["generate", checkpoint, "-o", seed, "-n", "2", "--steps", "2", "--seed", seed],
        in: folder.path)
      #expect(drawn.status == 0, "\(drawn)")
      #expect(
        try TestImages.pixels(folder / "frames/\(frame)")
          == TestImages.pixels(folder / "\(seed)/000001.png"))
    }
    let grid = try PNGReader.header(of: folder / "pictures/grid.png")
    #expect(grid.width == 3 * 34 + 2 && grid.height == 34 + 2)
    #expect(try names(in: folder / "pictures") == ["film.apng", "grid.png"])
  }

  @Test func `the same command again makes what is missing and nothing else`() async throws {
    let folder = try TemporaryFolder()
    for sampler in ["ddim", "ddpm"] {
      func again(_ more: String...) async throws -> Outcome {
        let run = try await ProgramRun(
          [
            "interpolate", try await TrainedRun.shared.path.string, "--steps", "2", "--frames", "4",
            "-o", sampler, "--seeds", "1", "2", "--sampler", sampler, "--json",
          ] + more, in: folder.path)
        #expect(run.status == 0, "\(run)")
        return try decode(Outcome.self, run)
      }
      #expect(try await again("--dry-run") == Outcome(images: .init(missing: 4)))
      #expect(try await again() == Outcome(images: .init(written: 4)))
      let path = folder / "\(sampler)/000002.png"
      let before = try contents(path)
      try FileManager.default.removeItem(atPath: path.string)
      #expect(try await again("--batch", "4") == Outcome(images: .init(written: 1, skipped: 3)))
      #expect(try TestImages.pixels(path).count == 32 * 32 * 3)
      #expect(try contents(path) == before)
    }
  }

  @Test func `folders are paired by name, and what has no partner is named`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a 1.png", "x.png", width: 32, height: 32, to: folder / "a/deep")
    try TestImages.write("a 1.png", "y.png", width: 48, height: 40, to: folder / "b/deep")
    let run = try await interpolate(
      "-o", "frames", "--between", "a", "b", "--json", in: folder)
    #expect(run.status == 3, "\(run)")
    #expect(
      try decode(Outcome.self, run)
        == Outcome(
          images: .init(written: 3, failed: 2),
          failures: [
            "a/deep/x.png: has no partner: there is no b/deep/x.png",
            "b/deep/y.png: has no partner: there is no a/deep/y.png",
          ]))
    #expect(run.lastError == "3 frames written to frames, 2 failed")
    #expect(try names(in: folder / "frames/deep/a 1") == (0..<3).map { "00000\($0).png" })
    let told = try await ProgramRun(["inspect", "frames/deep/a 1/000001.png"], in: folder.path)
    for fact in ["interpolate", "2 of 3", "ddim"] { #expect(told.output.contains(fact), "\(told)") }
  }

  @Test func `what is asked for twice or by halves is named`() async throws {
    let folder = try TemporaryFolder()
    for (arguments, sentence) in [
      ([], "--seeds: missing; give --seeds A B, or --between A B for images"),
      (["--seeds", "1"], "--seeds: takes two seeds, got 1"),
      (["--seeds", "1", "2", "3"], "--seeds: takes two seeds, got 3"),
      (["--between", "a"], "--between: takes two images or folders, got 1"),
      (["--between", "a", "b", "--index", "1"], "--index: cannot be combined with --between"),
      (["--seeds", "1", "2", "--frames", "1"], "--frames: must be from 2 to 100000, got 1"),
      (["--seeds", "1", "2", "--batch", "0"], "--batch: must be at least 1, got 0"),
    ] {
      let run = try await ProgramRun(
        ["interpolate", "run", "-o", "frames"] + arguments, in: folder.path)
      #expect(run.status == 64 && run.errors.contains("Error: " + sentence + "\n"), "\(run)")
    }
    #expect(try folder.names() == [])
  }
}
