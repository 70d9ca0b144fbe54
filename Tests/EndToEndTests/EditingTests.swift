import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// `stipple generate --from` and `stipple inpaint` from the outside.
@Suite struct EditingTests {
  private struct Outcome: Decodable {
    struct Images: Decodable {
      let written, skipped, missing, failed: Int
    }

    let images: Images
    let failures: [String]
  }

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(3, to: folder / "in")
    try TestImages.copyFlowers(1, to: folder / "in/deeper")
    var mask = PixelImage(width: 32, height: 32, format: .gray, filledWith: 0)
    for y in 0..<32 { for x in 16..<32 { mask.pixels[32 * y + x] = 255 } }
    try PNGWriter.write(mask, to: folder / "mask.png")
  }

  private func vary(_ more: [String]) async throws -> ProgramRun {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(
      ["generate", run, "--steps", "4", "--json"] + more, in: folder.path)
  }

  private func inpaint(_ more: [String]) async throws -> ProgramRun {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(
      [
        "inpaint", run, "in", "--steps", "6", "--jump-length", "2", "--resamplings", "2", "--json",
      ] + more, in: folder.path)
  }

  /// What the run in `output` was about: four images, made once, with one broken image left out.
  private func expectBatch(
    _ output: String, _ command: ([String]) async throws -> ProgramRun
  ) async throws {
    let planned = try await command(["--dry-run"])
    #expect(
      planned.status == 0 && planned.errors.hasPrefix("4 of 4 images to generate, "), "\(planned)")
    #expect(!FileManager.default.fileExists(atPath: (folder / output).string))
    let first = try await command([])
    #expect(first.status == 0, "\(first)")
    #expect(try decode(Outcome.self, first).images.written == 4)
    #expect(
      try names(in: folder / output) == ["000000.png", "000001.png", "000002.png", "deeper"])
    #expect(try names(in: folder / "\(output)/deeper") == ["000000.png"])
    #expect(
      try contents(folder / "\(output)/deeper/000000.png")
        != contents(folder / "\(output)/000000.png"))

    try TestImages.writeBroken(.cutShort, to: folder / "in/broken.png")
    let again = try await command([])
    #expect(again.status == 3, "\(again)")
    let outcome = try decode(Outcome.self, again)
    #expect(
      outcome.images.written == 0 && outcome.images.skipped == 4 && outcome.images.missing == 1)
    #expect(outcome.failures.first?.hasPrefix("in/broken.png: ") == true, "\(again)")
    #expect(again.errors.contains("left out: in/broken.png: broken PNG"), "\(again)")
  }

  @Test func `variations mirror the folders and are made once`() async throws {
    try await expectBatch("out") {
      try await vary(["-o", "out", "--from", "in", "--strength", "0.5"] + $0)
    }
    let told = try await ProgramRun(["inspect", "out/000000.png"], in: folder.path)
    #expect(told.output.contains("made by   stipple vary\n"), "\(told)")
    #expect(told.output.contains("strength  0.5\n"), "\(told)")
  }

  @Test func `an image that cannot be read fails once, however many are made of it`() async throws {
    try TestImages.writeBroken(.cutShort, to: folder / "in/broken.png")
    let run = try await ProgramRun(
      [
        "generate", TrainedRun.shared.path.string, "--from", "in", "-o", "several", "-n", "3",
        "--steps", "1", "--json",
      ], in: folder.path)
    #expect(run.status == 3, "\(run)")
    let outcome = try decode(Outcome.self, run)
    #expect(outcome.failures.count == 1 && outcome.images.missing == 3, "\(run)")
    #expect(run.errors.components(separatedBy: "left out: in/broken.png").count == 2, "\(run)")
  }

  @Test func `inpainted images mirror the folders, are made once and keep the rest`() async throws {
    try await expectBatch("out") {
      try await inpaint(["-o", "out", "--masks", "mask.png"] + $0)
    }
    for name in ["000001.png", "deeper/000000.png"] {
      let before = try TestImages.pixels(folder / "in/\(name)")
      let after = try TestImages.pixels(folder / "out/\(name)")
      let kept = before.indices.filter { $0 / 3 % 32 < 16 }
      #expect(kept.allSatisfy { before[$0] == after[$0] }, "\(name)")
      #expect(before != after)
    }
  }

  @Test func `the batch changes nothing, the seed and the sampler do`() async throws {
    let ways = [
      ["--batch", "1"], ["--batch", "3"], ["--seed", "1"], ["--sampler", "ddim"],
      ["--spacing", "karras"],
    ]
    var made: [[UInt8]] = []
    for (number, way) in ways.enumerated() {
      let run = try await TrainedRun.shared.path.string
      let drawn = try await ProgramRun(
        ["generate", run, "--from", "in", "-o", "\(number)", "--steps", "4", "-n", "2"] + way,
        in: folder.path)
      #expect(drawn.status == 0, "\(drawn)")
      made.append(try TestImages.pixels(folder / "\(number)/000001-2.png"))
    }
    #expect(zip(made[0], made[1]).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    #expect(Set(made[1...]).count == ways.count - 1)
  }

  @Test func `masks in a folder of their own go by the names`() async throws {
    try FileManager.default.createDirectory(
      atPath: (folder / "in/masks/deeper").string, withIntermediateDirectories: true)
    for name in ["000000.png", "000002.png", "deeper/000000.png"] {
      try FileManager.default.copyItem(
        atPath: (folder / "mask.png").string, toPath: (folder / "in/masks/\(name)").string)
    }
    let run = try await inpaint(["--masks", "in/masks", "-o", "out", "-n", "2"])
    #expect(run.status == 3, "\(run)")
    let outcome = try decode(Outcome.self, run)
    #expect(outcome.images.written == 6)
    #expect(
      outcome.failures.first
        == "in/000001.png: has no mask: there is no in/masks/000001.png", "\(run)")
    #expect(try names(in: folder / "out/deeper") == ["000000-2.png", "000000.png"])
  }

  @Test func `a mask among the images is left out, and told of`() async throws {
    try FileManager.default.copyItem(
      atPath: (folder / "mask.png").string, toPath: (folder / "in/mask.png").string)
    let run = try await ProgramRun(
      [
        "inpaint", TrainedRun.shared.path.string, "in", "--masks", "in/mask.png", "-o", "out",
        "--steps", "2",
      ],
      in: folder.path)
    #expect(run.errors.contains("left out: in/mask.png: is the mask\n"), "\(run)")
    #expect(!(try names(in: folder / "out").contains("mask.png")))
  }

  @Test func `what is for new images is refused with --from`() async throws {
    for (flag, value) in [
      ("--grid", "g.png"), ("--initial-noise", "x.h5"), ("--trajectory", "t.h5"),
    ] {
      let run = try await vary(["-o", "out", "--from", "in", flag, value])
      #expect(run.status == 64, "\(run)")
      #expect(
        run.errors.contains(
          "Error: \(flag): cannot be combined with --from"), "\(run)")
    }
    for (arguments, sentence) in [
      (
        ["--from", "in", "--strength", "1.5"], "--strength: must be above 0 and at most 1, got 1.5"
      ),
      (["--strength", "0.5"], "--strength: needs --from"),
      (["--depth", "16"], "--depth: needs --from"), (["--convert"], "--convert: needs --from"),
    ] {
      let run = try await ProgramRun(["generate", "run", "-o", "out"] + arguments, in: folder.path)
      #expect(run.status == 64 && run.errors.contains("Error: " + sentence), "\(run)")
    }
  }
}
