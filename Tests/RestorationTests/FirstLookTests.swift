import Checkpoints
import PNGCodec
import Random
import Restoration
import Sampling
import SystemPackage
import Testing

/// What the built-in model tells itself of noise that nobody has told it.
@Suite struct FirstLookTests {
  private let denoiser: Denoiser

  init() throws {
    let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("Sources/Restoration/Models/denoise-rgb.h5")
    denoiser = Denoiser(try DiffusionModel(file), method: .mean, tile: 128, precision: .f32)
  }

  /// Waves of color with noise of a standard deviation that goes with the tone, in 8 bits.
  private func picture(
    _ width: Int, _ height: Int, tone: Float = 128, seed: UInt64 = 1, level: Double? = nil,
    noise: (Float) -> Float
  ) -> Denoiser.Input {
    .init(
      image(width, height, tone: tone, seed: seed, noise: noise), noiseLevel: level, index: 0)
  }

  private func image(
    _ width: Int, _ height: Int, tone: Float = 128, seed: UInt64 = 1, noise: (Float) -> Float
  ) -> ImageTensor {
    let area = width * height
    let normals = RandomStream(seed: seed, purpose: .crop, index: 0).normals(3 * area)
    let values = normals.indices.map { i -> Float in
      let (x, y) = (Float(i % area % width), Float(i % area / width))
      let wave = sinus(x / 17 + Float(i / area)) * sinus(y / 23)
      let clean = tone * (1 + 0.5 * wave)
      let noisy = (clean + noise(clean) * normals[i]).rounded()
      return min(max(noisy, 0), 255) / 127.5 - 1
    }
    return ImageTensor(values, 3, width, height)
  }

  /// A parabola in place of each half wave.
  private func sinus(_ x: Float) -> Float {
    let part = x - 2 * (x / 2).rounded(.down)
    return part < 1 ? 4 * part * (1 - part) : -4 * (part - 1) * (2 - part)
  }

  private func measured(_ inputs: [Denoiser.Input]) throws -> [Denoiser.Input] {
    try denoiser.measured(inputs, denoiser.plan(width: inputs[0].width, height: inputs[0].height))
  }

  @Test func `noise of a picture on a large white page is that of the picture`() throws {
    let (side, page) = (140, 600)
    let alone = image(side, side) { _ in 15 }
    var values = [Float](repeating: 1, count: 3 * page * page)
    for c in 0..<3 {
      for y in 0..<side {
        for x in 0..<side {
          values[(c * page + y + 220) * page + x + 230] = alone.values[(c * side + y) * side + x]
        }
      }
    }
    let input = Denoiser.Input(ImageTensor(values, 3, page, page), noiseLevel: nil, index: 0)
    let level = 127.5 * (try #require(try measured([input])[0].noiseLevel))
    #expect((10...20).contains(level), "\(level)")
  }

  @Test(arguments: [5, 15, 40] as [Float])
  func `white noise is measured`(sigma: Float) throws {
    let found = try measured([picture(120, 100) { _ in sigma }])[0]
    let level = 127.5 * (try #require(found.noiseLevel))
    #expect(abs(level / Double(sigma) - 1) < 0.35, "\(level)")
    #expect(found.gain == 0)
  }

  /// The flattest of many windows show less of it than of noise in all channels.
  @Test func `white noise of one channel alone is measured`() throws {
    let (width, height, sigma) = (160, 160, 20.0)
    let noisy = image(width, height) { _ in Float(sigma) }.values
    let clean = image(width, height) { _ in 0 }.values
    let values = noisy.indices.map { $0 < width * height ? noisy[$0] : clean[$0] }
    let found = try measured([
      Denoiser.Input(ImageTensor(values, 3, width, height), noiseLevel: nil, index: 0)
    ])[0]
    let level = 127.5 * (try #require(found.noiseLevel))
    #expect(abs(level / (sigma / 3.0.squareRoot()) - 1) < 0.2, "\(level)")
  }

  /// Of 32 x 32 pixels: what seems noise may be all there is to see.
  @Test(arguments: [1, 3] as [Float])
  func `of small images no more is told than their flattest part shows`(
    sigma: Float
  ) throws {
    let found = try measured([picture(32, 32) { _ in sigma }])[0]
    let level = 127.5 * (try #require(found.noiseLevel))
    #expect(level < Double(sigma) + 1, "\(level)")
  }

  @Test func `small images with strong noise or hardly any pixels are left to the network`() throws
  {
    #expect(try measured([picture(32, 32) { _ in 25 }])[0].noiseLevel == nil)
    #expect(try measured([picture(12, 12) { _ in 3 }])[0].noiseLevel == nil)
  }

  @Test func `small pictures without noise are hardly touched`() throws {
    let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    let pictures = try (0..<8).map { number in
      let picture = try PNGReader.picture(root.appending("data/flowers/00000\(number).png"))
      let bytes = picture.image.narrowed.pixels
      let area = bytes.count / 3
      return (0..<bytes.count).map { Float(bytes[$0 % area * 3 + $0 / area]) / 127.5 - 1 }
    }
    let results = try denoiser.denoise(
      pictures.map { .init(ImageTensor($0, 3, 32, 32), noiseLevel: nil, index: 0) })
    let errors = zip(pictures, results).map { picture, result in
      zip(picture, result).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Float(picture.count)
    }
    // 45 dB of a range of 2.
    #expect(errors.reduce(0, +) / 8 < 4 * 3.16e-5, "\(errors)")
  }

  @Test func `of an image with transparent parts the visible ones are measured`() throws {
    let (width, height) = (120, 100)
    var values = image(width, height) { _ in 20 }.values
    let isVisible = (0..<(width * height)).map { $0 % width < 60 && $0 / width < 50 }
    for i in values.indices where !isVisible[i % isVisible.count] { values[i] = 0 }
    let found = try measured([
      Denoiser.Input(
        ImageTensor(values, 3, width, height), noiseLevel: nil, index: 0, isVisible: isVisible)
    ])[0]
    let level = 127.5 * (try #require(found.noiseLevel))
    #expect(abs(level / 20 - 1) < 0.35, "\(level)")
  }

  @Test func `no more is told than the network has seen`() throws {
    let most = try #require(denoiser.model.configuration.degradation?.gaussian.range.upperBound)
    let found = try measured([picture(120, 100) { _ in 2 * Float(most) }])[0]
    // Or nothing, where too much is cut off.
    if let level = found.noiseLevel { #expect(127.5 * level <= most) }
    let loud = try measured([picture(120, 100) { _ in 0.95 * Float(most) }])[0]
    if let level = loud.noiseLevel { #expect(127.5 * level <= most) }
  }

  @Test func `an image in memory is measured like others where no noise is told`() throws {
    let image = image(96, 80) { _ in 20 }
    let blind = try denoiser.denoise(image)
    let input = Denoiser.Input(image, noiseLevel: nil, index: 0)
    #expect(try blind.values == denoiser.denoise([input])[0])
    #expect(try blind != denoiser.denoise(image, sigma: 5))
  }

  /// Squares of eight pixels look like JPEG's blocks, of which the network takes a lot away.
  @Test func `no more is taken away than was told`() throws {
    let (side, sigma) = (128, 2.0)
    let normals = RandomStream(seed: 3, purpose: .crop, index: 0).normals(3 * side * side)
    let tones = RandomStream(seed: 4, purpose: .crop, index: 0).normals(3 * 256)
    let noisy = normals.indices.map { i -> Float in
      let p = i % (side * side)
      let tone = tones[i / (side * side) * 256 + p / side / 8 * 16 + p % side / 8]
      return (min(max(128 + 40 * tone + Float(sigma) * normals[i], 0), 255)).rounded() / 127.5 - 1
    }
    let clean = try denoiser.denoise(ImageTensor(noisy, 3, side, side), sigma: sigma).values
    let squares = zip(noisy, clean).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let removed = 127.5 * (squares / Double(noisy.count)).squareRoot()
    #expect(removed < 1.5 * sigma, "\(removed)")
  }

  @Test func `a network of restoration has no samples`() throws {
    let sampling = Denoiser(denoiser.model, method: .sample)
    let image = ImageTensor([Float](repeating: 0, count: 3 * 64), 3, 8, 8)
    let error = #expect(throws: SettingError.self) { try sampling.denoise(image) }
    #expect(error?.setting == "method")
  }

  @Test func `photon noise is told as such`() throws {
    let found = try measured([picture(128, 128) { ($0 * 4).squareRoot() }])[0]
    #expect(found.gain > 2 && found.gain < 6, "\(found.gain)")
  }

  @Test func `noise whose neighbors are alike is found in flat parts`() throws {
    let (width, height) = (128, 96)
    let normals = RandomStream(seed: 5, purpose: .crop, index: 1).normals(3 * width * height)
    // Blocks of two by two pixels are alike.
    let values = (0..<(3 * width * height)).map { i -> Float in
      let place = i - i % width + i % width / 2 * 2
      let block = place / width % 2 == 0 ? place : place - width
      return (120 + 5 * normals[block].rounded()) / 127.5 - 1
    }
    let input = Denoiser.Input(ImageTensor(values, 3, width, height), noiseLevel: nil, index: 0)
    let level = 127.5 * (try #require(try measured([input])[0].noiseLevel))
    #expect(level > 4 && level < 9, "\(level)")
  }

  /// The left half of one picture and the right half of another.
  private func halves(_ left: ImageTensor, _ right: ImageTensor) -> ImageTensor {
    let width = left.width
    return ImageTensor(
      left.values.indices.map { ($0 % width < width / 2 ? left : right).values[$0] }, 3, width,
      left.height)
  }

  // The quiet half was taken for as noisy as the whole: 30 dB where the noisy image had 34.
  @Test func `noise that differs from place to place is told where it is`() throws {
    let denoiser = Denoiser(denoiser.model, method: .mean, tile: 256, precision: .f32)
    let (width, height) = (256, 96)
    let clean = image(width, height) { _ in 0 }
    let noisy = halves(image(width, height) { _ in 4 }, image(width, height) { _ in 30 })
    func error(_ image: ImageTensor, _ columns: Range<Int>) -> Float {
      let pixels = clean.values.indices.filter { columns.contains($0 % width) }
      return pixels.reduce(0) { sum, i in
        let difference = 127.5 * (image.values[i] - clean.values[i])
        return sum + difference * difference / Float(pixels.count)
      }
    }
    let alike = try denoiser.denoise(noisy, sigma: 21)
    let found = try denoiser.denoise(noisy)
    #expect(error(found, 0..<80) < error(noisy, 0..<80))
    #expect(error(found, 0..<80) < 0.5 * error(alike, 0..<80))
    #expect(error(found, 176..<256) < 0.2 * error(noisy, 176..<256))
  }

  @Test func `of a large image whose noise differs from place to place nothing is told`() throws {
    let noisy = halves(image(500, 400) { _ in 2 }, image(500, 400) { _ in 40 })
    let found = try measured([Denoiser.Input(noisy, noiseLevel: nil, index: 0)])[0]
    #expect(found.noiseLevel == nil)
  }

  @Test func `weak noise without color is taken for texture`() throws {
    let area = 128 * 96
    let normals = RandomStream(seed: 7, purpose: .crop, index: 1).normals(3 * area)
    func level(isShared: Bool) throws -> Double {
      let picture = (0..<(3 * area)).map { i -> Float in
        let noise = 3 * normals[isShared ? i % area : i]
        return (100 + 15 * Float(i / area) + noise).rounded() / 127.5 - 1
      }
      let input = Denoiser.Input(ImageTensor(picture, 3, 128, 96), noiseLevel: nil, index: 0)
      return 127.5 * (try #require(try measured([input])[0].noiseLevel))
    }
    let (shared, own) = (try level(isShared: true), try level(isShared: false))
    #expect(shared < 0.6 * own && own > 2.5, "\(shared), \(own)")
  }

  @Test func `a large image is measured by some of its tiles`() throws {
    let large = try measured([picture(500, 400) { _ in 20 }])[0]
    #expect(abs(127.5 * (large.noiseLevel ?? 0) - 20) < 5)
    #expect(denoiser.plan(width: 500, height: 400).spreadTiles(4) == [2, 7, 12, 17])
    #expect(denoiser.plan(width: 100, height: 100).spreadTiles(4) == [0])
  }

  @Test func `what is told, too small or cut off at black is left as it is`() throws {
    #expect(try measured([picture(80, 80, level: 0.3) { _ in 20 }])[0].noiseLevel == 0.3)
    #expect(try measured([picture(60, 60) { _ in 20 }])[0].noiseLevel == nil)
    #expect(try measured([picture(80, 80, tone: 20) { _ in 50 }])[0].noiseLevel == nil)
  }

  @Test func `images that are measured together are measured as alone`() throws {
    let pictures = (1...3).map { i in picture(80, 72, seed: UInt64(i)) { _ in Float(10 * i) } }
    let levels = try measured(pictures).map(\.noiseLevel)
    #expect(try pictures.map { try measured([$0])[0].noiseLevel } == levels)
    #expect(levels[0] ?? 9 < levels[1] ?? 0)
  }

  /// Squares of a side in random colors, with white noise, in 8 bits.
  private func mosaic(side: Int, sigma: Float, isGray: Bool) -> (clean: [Float], noisy: ImageTensor)
  {
    let (width, height) = (128, 128)
    let area = width * height
    let tones = RandomStream(seed: 2, purpose: .crop, index: 0)
    let normals = RandomStream(seed: 3, purpose: .crop, index: 0).normals(3 * area)
    let clean = (0..<(3 * area)).map { i -> Float in
      let square = (i % area / width / side) * width + i % width / side
      return Float(20 + tones.integer(below: 216, at: isGray ? 3 * square : 3 * square + i / area))
    }
    let noisy = clean.indices.map { i in
      min(max((clean[i] + sigma * normals[isGray ? i % area : i]).rounded(), 0), 255) / 127.5 - 1
    }
    return (clean, ImageTensor(noisy, 3, width, height))
  }

  // Their edges were taken for noise: 21 dB where the noisy picture had 42.
  @Test(arguments: [(5, 2), (8, 2), (16, 3), (11, 5)] as [(Int, Float)], [false, true])
  func `of mosaics no more is taken away than their areas show`(
    picture: (side: Int, sigma: Float), isGray: Bool
  ) throws {
    let (clean, noisy) = mosaic(side: picture.side, sigma: picture.sigma, isGray: isGray)
    let found = try denoiser.denoise(noisy)
    func error(_ values: [Float]) -> Float {
      zip(values, clean).reduce(0) {
        let difference = $1.0 * 127.5 + 127.5 - $1.1
        return $0 + difference * difference / Float(clean.count)
      }
    }
    // Within 1.2 dB.
    #expect(error(found.values) < 1.32 * error(noisy.values), "\(error(found.values))")
  }
}
