import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// What a picture carries, from the outside.
@Suite struct PictureTests {
  private struct Outcome: Decodable {
    let written: Int
    let animations: Int
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ file: HandmadePNG, _ name: String) throws {
    let path = folder / name
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try Data(file.bytes).write(to: URL(filePath: path.string))
  }

  private func denoise(_ more: String...) async throws -> ProgramRun {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(["denoise", "--model", run] + more, in: folder.path)
  }

  @Test func `metadata and bits come back unless they are to be left out`() async throws {
    let chunks: [(String, [UInt8])] = [
      ("iCCP", Array("profile\0\0xyz".utf8)), ("eXIf", HandmadePNG.exif(orientation: 3)),
      ("tEXt", Array("Software\0a camera".utf8)),
    ]
    try write(
      HandmadePNG(
        width: 12, height: 10, bitDepth: 16, extraChunks: chunks,
        sample: { x, y, c in 4000 * x + 1000 * y + c }), "in/a.png")
    func carried(_ folderName: String) throws -> [String] {
      let bytes = [UInt8](try contents(folder / "\(folderName)/a.png"))
      return HandmadePNG.chunks(of: bytes).map(\.type).filter {
        !["IHDR", "IDAT", "IEND"].contains($0)
      }
    }
    let kept = try await denoise("in", "-o", "kept", "--sigma", "5")
    #expect(kept.status == 0, "\(kept)")
    // The camera's name stays where Stipple would write its own.
    #expect(try carried("kept") == ["iCCP", "eXIf", "tEXt", "tEXt"])
    #expect(try PNGReader.header(of: folder / "kept/a.png").bitDepth == 16)
    let stripped = try await denoise(
      "in", "-o", "stripped", "--sigma", "5", "--strip", "--depth", "8")
    #expect(stripped.status == 0, "\(stripped)")
    #expect(try carried("stripped") == ["tEXt", "tEXt"])
    #expect(try PNGReader.header(of: folder / "stripped/a.png").bitDepth == 8)
    // Upright as the picture was shown.
    let (a, b) = try (
      PNGReader.read(folder / "kept/a.png"), PNGReader.read(folder / "stripped/a.png")
    )
    #expect(zip(a.pixels, b.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test func `animations are found, told and counted`() async throws {
    let control = HandmadePNG.word(3) + HandmadePNG.word(0)
    for name in ["in/a.png", "in/b.apng"] {
      try write(HandmadePNG(extraChunks: [("acTL", control)]), name)
    }
    try write(HandmadePNG(), "in/c.png")
    let run = try await denoise("in", "-o", "out", "--sigma", "5", "--json")
    #expect(run.status == 0, "\(run)")
    let outcome = try decode(Outcome.self, run, at: "images")
    #expect(outcome.written == 3 && outcome.animations == 2)
    for name in ["in/a.png", "in/b.apng"] {
      #expect(
        run.errors.contains("\(name): an animation of 3 frames; only its still image is used\n"),
        "\(run)")
    }
    #expect(run.lastError == "3 images written to out; still images of 2 animations")
  }

  @Test func `the bound of an image's size is on its pixels`() async throws {
    try write(HandmadePNG(width: 17_000, height: 3, colorType: 0), "in/a.png")
    let small = try await denoise("in", "-o", "out", "--sigma", "5", "--max-pixels", "50999")
    #expect(small.status == 3, "\(small)")
    #expect(
      small.errors.contains(
        "in/a.png: not read: 17000 x 3 pixels are more than the limit of 50999 pixels; "
          + "raise it with --max-pixels\n"), "\(small)")
    let run = try await denoise("in", "-o", "out", "--sigma", "5")
    #expect(run.status == 0, "\(run)")
    #expect(try PNGReader.header(of: folder / "out/a.png").width == 17_000)
  }
}
