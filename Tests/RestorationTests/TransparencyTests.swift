import Checkpoints
import Files
import PNGCodec
import Random
import Restoration
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Color is denoised as it lies under alpha, and what nobody sees disturbs nothing.
@Suite struct TransparencyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func denoised(
    _ image: PixelImage, _ name: String = "a.png", channels: Int = 3, sigma: Double? = 2
  ) throws -> (PixelImage, told: String) {
    try Folders.make(folder / name)
    try PNGWriter.write(image, to: folder / "\(name)/in.png")
    let model = try TinyModel.make(TinyModel.network(channels: channels))
    var job = DenoisingJob(inputs: [folder / "\(name)/in.png"], output: folder / "\(name)/out")
    job.sigma = sigma
    #expect(try job.run(Denoiser(model, method: .mean)).written == 1)
    let path = folder / "\(name)/out/in.png"
    let told = try Provenance(of: path)?.text ?? ""
    return (try PNGReader.picture(path).image.narrowed, told)
  }

  @Test func `color under alpha is not whitened`() throws {
    var image = PixelImage(width: 16, height: 16, format: .rgba, filledWith: 255)
    for p in 0..<256 {
      image.pixels.replaceSubrange(
        (4 * p)..<(4 * p + 4), with: [0, 0, 255, p % 16 < 8 ? 128 : 255])
    }
    let (result, _) = try denoised(image)
    for (before, after) in zip(image.pixels, result.pixels) {
      #expect(abs(Int(before) - Int(after)) <= 12)
    }
    for p in 0..<256 { #expect(result.pixels[4 * p + 3] == image.pixels[4 * p + 3]) }
  }

  @Test func `what lies under fully transparent pixels changes no visible pixel`() throws {
    var a = TestImages.ramp(width: 24, height: 20, format: .rgba)
    for p in 0..<(24 * 20) { a.pixels[4 * p + 3] = p % 24 < 10 ? 0 : 255 }
    var b = a
    for p in 0..<(24 * 20) where p % 24 < 10 {
      for c in 0..<3 { b.pixels[4 * p + c] = UInt8(p * 7 % 256) }
    }
    for channels in [3, 4] {
      let (x, _) = try denoised(a, "a\(channels)", channels: channels, sigma: nil)
      let (y, _) = try denoised(b, "b\(channels)", channels: channels, sigma: nil)
      for p in 0..<(24 * 20) {
        let samples = (4 * p)..<(4 * p + 4)
        if p % 24 < 10 {
          #expect(x.pixels[samples] == a.pixels[samples] && y.pixels[samples] == b.pixels[samples])
        } else {
          #expect(x.pixels[samples] == y.pixels[samples])
        }
      }
    }
  }

  /// Noise of 20 gray levels about gray, with a left part of one color.
  private func noisy(format: PixelFormat, clear columns: Int, alpha: UInt8) -> PixelImage {
    var image = PixelImage(width: 160, height: 80, format: format, filledWith: 0)
    let noise = RandomStream(seed: 3, purpose: .trainingNoise, index: 0, step: 0)
      .normals(image.pixels.count)
    for p in 0..<(160 * 80) {
      for c in 0..<format.colors {
        let level = p % 160 < columns ? 128 : 128 + 20 * noise[p * format.channels + c]
        image.pixels[p * format.channels + c] = UInt8(min(max(level, 0), 255).rounded())
      }
      if format.hasAlpha {
        image.pixels[(p + 1) * format.channels - 1] = p % 160 < columns ? alpha : 255
      }
    }
    return image
  }

  private func estimate(_ told: String) throws -> Double {
    try #require(Double(told.split(separator: " ").last.map(String.init) ?? ""))
  }

  @Test(arguments: [PixelFormat.rgba, .grayAlpha], [80, 120])
  func `transparent parts do not lower the noise that is estimated`(
    format: PixelFormat, columns: Int
  ) throws {
    let (_, told) = try denoised(
      noisy(format: format, clear: columns, alpha: 0), "half", sigma: nil)
    #expect(try abs(estimate(told) - 20) < 1, "\(told)")
    // Were they visible, they would.
    let (_, seen) = try denoised(
      noisy(format: format, clear: columns, alpha: 255), "seen", sigma: nil)
    #expect(try estimate(seen) < 15, "\(seen)")
  }

  @Test func `the noise of a grayscale image is estimated alike for every network`() throws {
    let image = noisy(format: .gray, clear: 0, alpha: 0)
    let told = try [1, 3, 4].map {
      try estimate(denoised(image, "\($0)", channels: $0, sigma: nil).told)
    }
    #expect(told[0] == told[1] && told[1] == told[2] && abs(told[0] - 20) < 1, "\(told)")
  }

  @Test func `bits per sample are the picture's own unless others are asked for`() throws {
    let deep = DeepImage(
      width: 8, height: 8, format: .rgb, pixels: (0..<192).map { UInt16($0 * 331) })
    try Folders.make(folder / "in")
    try PNGWriter.write(deep, to: folder / "in/deep.png")
    try PNGWriter.write(deep.narrowed, to: folder / "in/eight.png")
    let denoiser = try Denoiser(TinyModel.make(), method: .mean)
    for (depth, bits) in [
      (PictureSettings.Depth.auto, [16, 8]), (.eight, [8, 8]), (.sixteen, [16, 16]),
    ] {
      var job = DenoisingJob(inputs: [folder / "in"], output: folder / depth.rawValue)
      (job.sigma, job.pictures.depth) = (5, depth)
      _ = try job.run(denoiser)
      let found = try ["deep", "eight"].map {
        try PNGReader.header(of: folder / "\(depth.rawValue)/\($0).png").bitDepth
      }
      #expect(found == bits)
      if bits[0] == 16 {
        // More than 8 bits of it are used.
        let image = try PNGReader.picture(folder / "\(depth.rawValue)/deep.png").image
        #expect(image.pixels.contains { $0 % 257 != 0 })
      }
    }
  }

  @Test func `stripped results carry nothing and are turned as the picture was shown`() throws {
    try Folders.make(folder / "in")
    let file = HandmadePNG(
      width: 8, height: 4,
      extraChunks: [
        ("eXIf", HandmadePNG.exif(orientation: 6)), ("tEXt", Array("Title\0x".utf8)),
      ], sample: { x, y, c in 20 * x + 10 * y + c })
    try AtomicFile.write(file.bytes, to: folder / "in/a.png")
    let denoiser = try Denoiser(TinyModel.make(), method: .mean)
    var images: [DeepImage] = []
    for strips in [false, true] {
      var job = DenoisingJob(inputs: [folder / "in"], output: folder / "out\(strips)")
      (job.sigma, job.pictures.stripsMetadata) = (5, strips)
      _ = try job.run(denoiser)
      let picture = try PNGReader.picture(folder / "out\(strips)/a.png")
      #expect(picture.carried.hasText("Title") != strips)
      #expect(picture.header.orientation == (strips ? .upright : .turnedRight))
      images.append(picture.image.turned(picture.header.orientation))
    }
    #expect(images[0] == images[1] && images[0].width == 4)
  }

  @Test func `what changes for a kind of pictures is said once`() throws {
    try Folders.make(folder / "in")
    let file = HandmadePNG(
      width: 8, height: 8, colorType: 3, bitDepth: 1,
      palette: [[0, 0, 255], [0, 255, 0]], sample: { x, y, _ in (x + y) % 2 })
    // A histogram follows the palette.
    let bytes =
      HandmadePNG.signature
      + file.chunks.flatMap { chunk in
        HandmadePNG.chunk(chunk.type, chunk.data)
          + (chunk.type == "PLTE" ? HandmadePNG.chunk("hIST", [0, 1, 0, 1]) : [])
      }
    for name in ["a.png", "b.png"] { try AtomicFile.write(bytes, to: folder / "in/\(name)") }
    var job = DenoisingJob(inputs: [folder / "in"], output: folder / "out")
    job.sigma = 5
    var reports: [String] = []
    _ = try job.run(
      Denoiser(TinyModel.make(), method: .mean), JobContext(notes: { reports.append($0) }))
    #expect(
      reports == [
        "palette, 1 bit: written as RGB, 8 bits, the nearest kind that can hold the results",
        "palette, 1 bit: left out the chunks hIST, which do not apply to RGB, 8 bits",
      ])
  }
}
