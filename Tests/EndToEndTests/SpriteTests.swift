import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// Images with transparent pixels, from training to generation.
@Suite struct SpriteTests {
  /// Disks on nothing, with a loud color under alpha 0.
  private func writeSprites(_ count: Int, opaque: Int = 0, to folder: FilePath) throws {
    try TestImages.write("x.png", width: 16, height: 16, to: folder)
    for index in 0..<(count + opaque) {
      var image = PixelImage(width: 16, height: 16, format: .rgba, filledWith: 255)
      for y in 0..<16 {
        for x in 0..<16 {
          let isIn = (x - 8) * (x - 8) + (y - 8) * (y - 8) < 20 + index
          let color: [UInt8] =
            isIn ? [40, 90, 30, 255] : index < count ? [255, 0, 255, 0] : [255, 255, 255, 255]
          for c in 0..<4 { image.pixels[(y * 16 + x) * 4 + c] = color[c] }
        }
      }
      try PNGWriter.write(image, to: folder.appending("\(index).png"))
    }
  }

  private func train(_ more: String..., in folder: TemporaryFolder) async throws -> ProgramRun {
    try await ProgramRun(
      TrainedRun.train("sprites", "run", steps: 2) + more, in: folder.path)
  }

  @Test func `sprites train with their transparency and generate with some`() async throws {
    let folder = try TemporaryFolder()
    try writeSprites(9, to: folder / "sprites")
    let run = try await train(in: folder)
    #expect(run.status == 0, "\(run)")
    #expect(
      run.errors.contains(
        "90 % of the images have transparent pixels: training on RGBA; use --channels 3 for a "
          + "solid --background instead\n"), "\(run)")
    let drawn = try await ProgramRun(
      ["generate", "run", "-o", "images", "-n", "2", "--steps", "3"], in: folder.path)
    #expect(drawn.status == 0, "\(drawn)")
    #expect(try PNGReader.header(of: folder / "images/000000.png").format == .rgba)
    // The run stays what it is.
    try writeSprites(0, opaque: 9, to: folder / "sprites")
    let again = try await ProgramRun(
      TrainedRun.train("sprites", "run", steps: 3), in: folder.path)
    #expect(again.status == 0, "\(again)")
  }

  @Test func `a few transparent images are asked about, opaque RGBA is RGB`() async throws {
    let folder = try TemporaryFolder()
    try writeSprites(1, opaque: 8, to: folder / "sprites")
    let few = try await train("--dry-run", in: folder)
    #expect(
      few.errors.contains(
        "10 % of the images have transparent pixels; they get the background #ffffff; use --channels 4 to "
          + "train on RGBA\n"), "\(few)")
    #expect(few.errors.contains("16 x 16 pixels, 3 channels"), "\(few)")
    let told = try await train("--dry-run", "--channels", "4", in: folder)
    #expect(!told.errors.contains("transparent pixels"), "\(told)")
    #expect(told.errors.contains("16 x 16 pixels, 4 channels"), "\(told)")
    try writeSprites(0, opaque: 9, to: folder / "sprites")
    let opaque = try await train("--dry-run", in: folder)
    #expect(!opaque.errors.contains("transparent pixels"), "\(opaque)")
    #expect(opaque.errors.contains("16 x 16 pixels, 3 channels"), "\(opaque)")
  }
}
