import Files
import Foundation
import PNGCodec
import Stipple
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Pictures of every kind go through every command and come back as what they were.
@Suite struct PictureKindTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ kind: PictureKind, _ name: String, seed: Int = 0) throws -> HandmadePNG {
    let file = kind.file(seed: seed)
    try Folders.make((folder / name).removingLastComponent())
    try AtomicFile.write(file.bytes, to: folder / name)
    return file
  }

  private func generator(_ channels: Int, _ sampler: Sampler) throws -> Generator {
    var settings = GenerationSettings()
    (settings.sampler, settings.steps, settings.strength) = (sampler, 3, 0.9)
    return try Generator(TinyModel.make(TinyModel.network(channels: channels)), settings)
  }

  /// Checks kind and chunks of a result, and gives its pixels beside the input's, of the same kind.
  private func check(
    _ name: String, _ kind: PictureKind, _ input: HandmadePNG, from source: String = "in/a.png"
  ) throws -> (before: DeepImage, after: DeepImage) {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: (folder / name).string)))
    let chunks = HandmadePNG.chunks(of: bytes)
    #expect(Int(chunks[0].data[8]) == kind.resultDepth && Int(chunks[0].data[9]) == kind.resultType)
    let carried = chunks.filter { !["IHDR", "IDAT", "IEND"].contains($0.type) }
    // Its own, and then what Stipple says of it.
    let own = input.extraChunks.count
    #expect(carried.prefix(own).map(\.type) == input.extraChunks.map(\.type))
    #expect(carried.prefix(own).map(\.data) == input.extraChunks.map(\.data))
    #expect(carried.dropFirst(own).map(\.type) == ["tEXt", "tEXt"])
    let (before, after) = try (
      PNGReader.picture(folder / source).image, PNGReader.picture(folder / name).image
    )
    #expect(before.format == after.format)
    #expect(before.width == after.width && before.height == after.height)
    return (before, after)
  }

  /// Alpha is equal, and so are the samples of pixels that nobody sees.
  private func checkAlpha(_ before: DeepImage, _ after: DeepImage) {
    guard before.format.hasAlpha else { return }
    let channels = before.channels
    for p in stride(from: 0, to: before.pixels.count, by: channels) {
      let (a, b) = (before.pixels[p..<(p + channels)], after.pixels[p..<(p + channels)])
      #expect(a.last == b.last)
      if a.last == 0 { #expect(a == b) }
    }
  }

  @Test(arguments: PictureKind.all)
  func `a denoised picture has its kind, its alpha and its chunks`(kind: PictureKind) throws {
    let input = try write(kind, "in/a.png")
    for channels in kind.isGray ? [1, 3, 4] : [3, 4] {
      let denoiser = try Denoiser(
        TinyModel.make(TinyModel.network(channels: channels)), method: .mean)
      var job = DenoisingJob(inputs: [folder / "in"], output: folder / "out\(channels)")
      job.sigma = 5
      #expect(try job.run(denoiser).written == 1)
      let (before, after) = try check("out\(channels)/a.png", kind, input)
      checkAlpha(before, after)
      #expect(before != after)
    }
  }

  @Test(arguments: PictureKind.all)
  func `what a mask keeps of a picture stays in all channels and bits`(kind: PictureKind) throws {
    let input = try write(kind, "in/a.png")
    // White in the lower half of the picture as it is stored.
    var mask = PixelImage(width: 8, height: 8, format: .gray, filledWith: 0)
    for p in 32..<64 { mask.pixels[p] = 255 }
    try PNGWriter.write(mask, to: folder / "mask.png")
    for channels in kind.isGray ? [1, 3] : [3] {
      var job = EditingJob(inputs: [folder / "in"], output: folder / "out\(channels)")
      job.masks = folder / "mask.png"
      #expect(try job.run(generator(channels, .ddpm)).written == 1)
      let (before, after) = try check("out\(channels)/a.png", kind, input)
      checkAlpha(before, after)
      let half = 32 * before.channels
      #expect(before.pixels[..<half] == after.pixels[..<half])
      #expect(before.pixels[half...] != after.pixels[half...])
    }
  }

  @Test(arguments: PictureKind.all)
  func `a variation of a picture has its kind, its alpha and its chunks`(kind: PictureKind) throws {
    let input = try write(kind, "in/a.png")
    let job = EditingJob(inputs: [folder / "in"], output: folder / "out")
    #expect(try job.run(generator(3, .ddpm)).written == 1)
    let (before, after) = try check("out/a.png", kind, input)
    checkAlpha(before, after)
    #expect(before != after)
  }

  @Test(arguments: PictureKind.all)
  func `frames between two pictures have their kind, what both carry, and alpha between theirs`(
    kind: PictureKind
  ) throws {
    let input = try write(kind, "in/a.png")
    _ = try write(kind, "in/b.png", seed: 1)
    var job = InterpolationJob(
      .images(folder / "in/a.png", folder / "in/b.png"), output: folder / "out")
    job.frames = 3
    #expect(try job.run(generator(3, .ddim)).written == 3)
    let (a, first) = try check("out/a/000000.png", kind, input)
    let (b, last) = try check("out/a/000002.png", kind, input, from: "in/b.png")
    let (_, middle) = try check("out/a/000001.png", kind, input)
    guard a.format.hasAlpha else { return }
    let channels = a.channels
    let unit: Double = kind.bitDepth == 16 ? 1 : 257
    for at in stride(from: channels - 1, to: a.pixels.count, by: channels) {
      #expect(first.pixels[at] == a.pixels[at] && last.pixels[at] == b.pixels[at])
      let mean = (Double(a.pixels[at]) + Double(b.pixels[at])) / 2
      #expect(abs(Double(middle.pixels[at]) - mean) <= unit / 2)
    }
  }
}
