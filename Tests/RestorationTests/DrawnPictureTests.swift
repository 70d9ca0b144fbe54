import Checkpoints
import Files
import JPEGCodec
import PNGCodec
import Random
import Restoration
import Sampling
import SystemPackage
import TestSupport
import Testing

/// Drawings without noise stay as they are; noise and JPEG make drawings that are denoised.
@Suite struct DrawnPictureTests {
  /// A picture of 96 x 96 pixels.
  private static func picture(
    _ format: PixelFormat = .rgb, _ color: (_ x: Int, _ y: Int) -> [UInt8]
  ) -> PixelImage {
    PixelImage(
      width: 96, height: 96, format: format,
      pixels: (0..<(96 * 96)).flatMap { color($0 % 96, $0 / 96) })
  }

  /// Sprites of eight pixels a dot, which JPEG's blocks are like.
  private static let pixelArt = picture { x, y in
    [[24, 20, 37], [200, 60, 50], [90, 160, 220], [240, 230, 90]][
      (x / 8 * 7 + y / 8 * 5 + x / 8 * y / 8) % 4]
  }
  private static let grid = picture { x, y in
    x % 8 == 0 || y % 8 == 0 ? [180, 180, 180] : [255, 255, 255]
  }
  private static let stripes = picture { x, _ in x % 2 == 0 ? [0, 0, 0] : [255, 255, 255] }
  /// Slanted strokes with smooth edges.
  private static let writing = picture { x, y in
    let distance = abs((x + y / 2) % 16 - 8)
    return [UInt8](
      repeating: distance == 0 ? 20 : distance == 1 && y % 3 == 0 ? 130 : 250, count: 3)
  }
  /// Levels that are no farther apart than noise.
  private static let faintChecks = picture { x, y in
    [UInt8](repeating: (x / 5 + y / 5) % 2 == 0 ? 100 : 110, count: 3)
  }
  /// Hardly an area, and colors that are near to each other.
  private static let texture = picture { x, y in
    let level = UInt8((x * x * 31 + y * y * 17 + x * y * 7 + (x ^ y)) % 5)
    return [60 + 12 * level, 30 + 5 * level, 20 + 3 * level]
  }
  private static let drawings = [
    "pixel art": pixelArt, "grid": grid, "stripes": stripes, "writing": writing,
    "faint checks": faintChecks, "texture": texture,
  ]

  private func noisy(_ image: PixelImage, sigma: Float) -> PixelImage {
    let normals = RandomStream(seed: 1, purpose: .crop, index: 0).normals(image.pixels.count)
    var result = image
    for i in normals.indices {
      result.pixels[i] = UInt8(
        min(max((Float(image.pixels[i]) + sigma * normals[i]).rounded(), 0), 255))
    }
    return result
  }

  @Test func `a smooth picture is not drawn though weak noise leaves many neighbors equal`() {
    // As cameras' noise reduction and JPEG leave it: slow, and a level or two high.
    let normals = RandomStream(seed: 2, purpose: .crop, index: 0).normals(98 * 98)
    let camera = Self.picture { x, y in
      let around = (0..<9).map { normals[(y + $0 / 3) * 98 + x + $0 % 3] }
      let level = 90 + Float(x + y) / 24 + around.reduce(0, +) / 3
      return [0, 12, 30].map { UInt8((level + $0).rounded()) }
    }
    let pairs = (1..<camera.width * camera.height).filter { $0 % camera.width > 0 }
    let equal = pairs.filter {
      camera.pixels[3 * $0] == camera.pixels[3 * $0 - 3]
    }
    #expect(Double(equal.count) > 0.25 * Double(pairs.count))
    #expect(!camera.isDrawn)
  }

  @Test(arguments: drawings.keys.sorted())
  func `a drawing is told from one with noise and from JPEG`(name: String) throws {
    let image = try #require(Self.drawings[name])
    #expect(image.isDrawn)
    for sigma in [1, 5, 50] as [Float] {
      #expect(!noisy(image, sigma: sigma).isDrawn, "sigma \(sigma)")
    }
    if name == "pixel art" || name == "stripes" { return }  // JPEG keeps whole blocks as they are.
    for quality in [30, 75, 95] {
      var compressed = image
      compressed.pixels = try JPEGCompression().compressed(
        image.pixels, width: 96, height: 96, channels: 3, quality: quality)
      #expect(!compressed.isDrawn, "quality \(quality)")
    }
  }

  @Test func `a texture beside noise is not drawn, nor is one with a level or two of gray noise`() {
    for sigma in [1.5, 5, 20] as [Float] {
      let whole = noisy(Self.texture, sigma: sigma)
      var half = Self.texture
      for p in 0..<(96 * 96) where p % 96 >= 48 {
        for c in 0..<3 { half.pixels[3 * p + c] = whole.pixels[3 * p + c] }
      }
      #expect(!half.isDrawn, "sigma \(sigma)")
      var gray = Self.texture
      let normals = RandomStream(seed: 2, purpose: .crop, index: 0).normals(96 * 96)
      for i in gray.pixels.indices {
        gray.pixels[i] = UInt8(
          min(max((Float(gray.pixels[i]) + sigma * normals[i / 3]).rounded(), 0), 255))
      }
      #expect(!gray.isDrawn, "gray, sigma \(sigma)")
    }
  }

  @Test(arguments: [2, 3, 4])
  func `noise that was enlarged pixel by pixel is not drawn`(factor: Int) {
    let waves = Self.picture { x, y in [UInt8(90 + x), UInt8(150 - y), UInt8(60 + (x + y) / 2)] }
    for sigma in [3, 10] as [Float] {
      let small = noisy(waves, sigma: sigma)
      let large = Self.picture { x, y in
        let first = 3 * (y / factor * 96 + x / factor)
        return Array(small.pixels[first..<(first + 3)])
      }
      #expect(!large.isDrawn, "sigma \(sigma)")
    }
  }

  /// Most of it is of one color even as JPEG.
  @Test(arguments: [50, 75, 90])
  func `a page of few lines is not drawn once it was JPEG`(quality: Int) throws {
    let page = Self.picture { x, y in
      let isInk = y % 40 < 8 && (x * 7 + y * 3 + x * y) % 5 < 2 && x % 6 > 0
      return isInk ? [30, 30, 60] : [225, 235, 245]
    }
    #expect(page.isDrawn)
    var compressed = page
    compressed.pixels = try JPEGCompression().compressed(
      page.pixels, width: 96, height: 96, channels: 3, quality: quality)
    #expect(!compressed.isDrawn)
  }

  @Test func `neither gradients nor noise that was cut off are drawn`() {
    #expect(!Self.picture { x, y in [UInt8(x), UInt8(x + y), UInt8(y)] }.isDrawn)
    let page = Self.picture(.gray) { _, y in y < 10 ? [0] : [255] }
    #expect(!noisy(page, sigma: 50).isDrawn)
    // Overexposed: most of the noise lies past white.
    let normals = RandomStream(seed: 1, purpose: .crop, index: 0).normals(96 * 96)
    let bright = PixelImage(
      width: 96, height: 96, format: .gray,
      pixels: normals.map { UInt8(min(max(295 + 50 * $0, 0), 255)) })
    #expect(!bright.isDrawn)
    // Photons that were counted.
    let photons = PixelImage(
      width: 96, height: 96, format: .gray,
      pixels: normals.map { UInt8(min(max(((20 + 4.5 * $0).rounded() * 8.5).rounded(), 0), 255)) })
    #expect(!photons.isDrawn)
    // A scan of 16 gray levels.
    let coarse = PixelImage(
      width: 96, height: 96, format: .gray,
      pixels: normals.map { UInt8(min(max((8 + $0).rounded(), 0), 15)) * 17 })
    #expect(!coarse.isDrawn)
    // One of 64 levels, from dark to bright.
    let fine = PixelImage(
      width: 96, height: 96, format: .gray,
      pixels: normals.indices.map { p in
        UInt8(min(max((Float(p % 96) / 1.6 + normals[p]).rounded(), 0), 63)) * 4
      })
    #expect(!fine.isDrawn)
  }

  @Test(arguments: [PixelFormat.gray, .rgb])
  func `a noisy photograph between black bars, or on a page, is not drawn`(format: PixelFormat) {
    let ramp = Self.picture(format) { x, y in
      [UInt8(60 + x), UInt8(60 + (x + y) / 2), UInt8(60 + y)].prefix(format.channels).map(\.self)
    }
    for (sigma, edge) in [(20, UInt8(0)), (50, 0), (75, 0), (50, 255)] as [(Float, UInt8)] {
      var image = noisy(ramp, sigma: sigma)
      for p in 0..<(96 * 96) where !(16..<80).contains(p / 96) || !(16..<80).contains(p % 96) {
        for c in 0..<format.channels { image.pixels[p * format.channels + c] = edge }
      }
      #expect(!image.isDrawn, "sigma \(sigma)")
    }
  }

  @Test func `a single pixel is as it is`() {
    #expect(PixelImage(width: 1, height: 1, format: .rgb, pixels: [207, 21, 45]).isDrawn)
  }

  @Test func `what cannot be seen does not count`() {
    var image = PixelImage(width: 96, height: 96, format: .rgba, filledWith: 255)
    let normals = RandomStream(seed: 1, purpose: .crop, index: 0).normals(96 * 96)
    for p in normals.indices {
      let isSeen = p % 96 < 40
      let hidden = UInt8(min(max(128 + 30 * normals[p], 0), 255))
      let drawn = Array(Self.pixelArt.pixels[(3 * p)..<(3 * p + 3)])
      image.pixels.replaceSubrange(
        (4 * p)..<(4 * p + 4), with: isSeen ? drawn + [255] : [hidden, hidden, hidden, 0])
    }
    let isDrawn = image.isDrawn
    #expect(isDrawn)
  }

  // Pixel art of eight pixels a dot was taken for JPEG's blocks: 30 dB, and changes of up to 163 levels.
  @Test func `a drawing comes out as it is, and is said to be clean`() throws {
    let folder = try TemporaryFolder()
    let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("Sources/Restoration/Models/denoise-rgb.h5")
    let denoiser = Denoiser(try DiffusionModel(file), method: .mean)
    try Folders.make(folder / "in")
    for (name, image) in Self.drawings { try PNGWriter.write(image, to: folder / "in/\(name).png") }
    let outcome = try DenoisingJob(inputs: [folder / "in"], output: folder / "out").run(denoiser)
    #expect(outcome.written == Self.drawings.count)
    #expect(outcome.noise.allSatisfy { $0.estimate?.isClean == true })
    for (name, image) in Self.drawings {
      #expect(try PNGReader.picture(folder / "out/\(name).png").image.narrowed == image)
    }
    // What is said of the noise counts.
    var job = DenoisingJob(inputs: [folder / "in/grid.png"], output: folder / "told")
    job.sigma = 25
    _ = try job.run(denoiser)
    #expect(try PNGReader.picture(folder / "told/grid.png").image.narrowed != Self.grid)
  }
}

extension PixelImage {
  fileprivate var isDrawn: Bool {
    DeepImage(width: width, height: height, format: format, pixels: pixels.map { UInt16($0) * 257 })
      .isDrawn
  }
}
