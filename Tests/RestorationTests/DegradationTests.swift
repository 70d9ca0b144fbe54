import Checkpoints
import JPEGCodec
import Random
import Restoration
import Testing

/// What is done to clean images.
@Suite struct DegradationTests {
  private let side = 128
  private var area: Int { side * side }

  private func flat(_ level: Double, channels: Int) -> [Float] {
    [Float](repeating: Float(level / 127.5 - 1), count: channels * area)
  }

  private func stream(_ site: Int) -> RandomStream {
    RandomStream(seed: 5, purpose: .degradation, index: 3, step: 1, site: site)
  }

  /// Noise in gray levels, (C, H, W).
  private func noise(_ model: NoiseModel, on clean: [Float], channels: Int) -> [Double] {
    let noisy = model.noisy(clean, channels: channels, width: side, height: side, stream(1))
    return zip(noisy.values, clean).map { Double($0 - $1) * 127.5 }
  }

  private func meanSquare(_ values: some Collection<Double>) -> Double {
    values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
  }

  @Test(arguments: [20.0, 120, 250])
  func `variance grows with the gray level as the formula says`(gray: Double) {
    var model = NoiseModel(sigma: 6)
    (model.gain, model.grain) = (2, 10)
    let clean = flat(gray, channels: 3)
    let tone = gray / 255
    let expected = 36 + 2 * gray + 400 * tone * (1 - tone)
    #expect(abs(model.variance(at: gray) - expected) < 1e-9)
    let noise = noise(model, on: clean, channels: 3)
    for channel in 0..<3 {
      let found = meanSquare(noise[(channel * area)..<((channel + 1) * area)])
      #expect(abs(found / expected - 1) < 0.04, "\(channel): \(found), not \(expected)")
    }
    // White noise is as strong in brightness as in color, by the levels' units.
    let levels = model.noisy(clean, channels: 3, width: side, height: side, stream(1)).levels
    #expect(levels.count == 2 * area && levels[0] == levels[area])
    #expect(abs(Double(levels[0] * levels[0]) * 127.5 * 127.5 / expected - 1) < 1e-3)
  }

  @Test func `color noise is stronger by its factor, and leaves brightness alone`() {
    var model = NoiseModel(sigma: 10)
    model.chroma = 2
    let noise = noise(model, on: flat(128, channels: 3), channels: 3)
    let means = (0..<area).map { i in (0..<3).reduce(0) { $0 + noise[$1 * area + i] } / 3 }
    let colors = noise.indices.map { noise[$0] - means[$0 % area] }
    // Of white noise of deviation 10: 100 / 3, and 100 x 2 / 3 in each channel.
    #expect(abs(meanSquare(means) / (100 / 3) - 1) < 0.05)
    #expect(abs(meanSquare(colors) / (4 * 200 / 3) - 1) < 0.05)
    model.isGray = true
    let gray = self.noise(model, on: flat(128, channels: 3), channels: 3)
    #expect(gray[..<area] == gray[area..<(2 * area)])
    #expect(abs(meanSquare(gray) / 100 - 1) < 0.05)
  }

  // Of two Gaussians at a distance of 1: exp(-1 / (4 radius^2)), but for the small one, which has few samples.
  @Test(arguments: [(0.5, 0.27), (1, 0.78), (2, 0.94)])
  func `filtered noise keeps its variance and makes neighbors alike`(
    radius: Double, expected: Double
  ) {
    var model = NoiseModel(sigma: 20)
    model.radius = radius
    let noise = noise(model, on: flat(128, channels: 1), channels: 1)
    #expect(abs(meanSquare(noise) / 400 - 1) < 0.06 * (1 + radius))
    var product = 0.0
    for i in noise.indices where i % side > 0 { product += noise[i] * noise[i - 1] }
    let correlation = product / Double(side * (side - 1)) / meanSquare(noise)
    #expect(abs(correlation - expected) < 0.04, "\(correlation)")
  }

  @Test func `a second filter leaves the variance, and lets noise reach further`() {
    func noise(wide: Double) -> [Double] {
      var model = NoiseModel(sigma: 20)
      (model.radius, model.wide) = (0.6, wide)
      return self.noise(model, on: flat(128, channels: 1), channels: 1)
    }
    /// The correlation of samples three pixels apart, which the narrow filter does not join.
    func far(_ noise: [Double]) -> Double {
      let products = noise.indices.filter { $0 % side >= 3 }.map { noise[$0] * noise[$0 - 3] }
      return products.reduce(0, +) / Double(products.count) / meanSquare(noise)
    }
    let (narrow, wide) = (noise(wide: 0), noise(wide: 0.4))
    #expect(abs(meanSquare(wide) / 400 - 1) < 0.15)
    // Of both Gaussians, and of what they share: 0.25.
    #expect(abs(far(narrow)) < 0.06 && far(wide) > 0.15, "\(far(narrow)) \(far(wide))")
  }

  @Test func `a camera's noise is of its level in middle gray, coarse, and of little color`() throws
  {
    var camera = Degradation.none
    camera.camera = .init(1, 10...10)
    (camera.gaussian, camera.jpegAfter) = (.init(1, 75...75), .init(1, 15...15))
    let degrader = try Degrader(camera, channels: 3, width: side, height: side)
    var clean = flat(127.5, channels: 3)
    clean[0] += 0.1  // No gray image.
    var (levels, neighbors) = ([Float](), [Double]())
    for index in 0..<20 {
      let example = try degrader.example(of: clean) {
        RandomStream(seed: 2, purpose: .degradation, index: index, step: 1, site: $0)
      }
      let noise = example.target.map { Double($0) * 127.5 }
      let brightness = (0..<area).map { i in (0..<3).reduce(0) { $0 + noise[$1 * area + i] } / 3 }
      // Of noise of deviation 10 that the channels do not share; JPEG takes some of it.
      #expect((0.6 * 100 / 3...1.2 * 100 / 3).contains(meanSquare(brightness)))
      let products = brightness.indices.dropFirst().map { brightness[$0] * brightness[$0 - 1] }
      neighbors.append(products.reduce(0, +) / Double(area) / meanSquare(brightness))
      levels.append(example.input[3 * area + area / 2])
    }
    #expect(neighbors.allSatisfy { (0.02...0.95).contains($0) }, "\(neighbors)")
    let told = levels.filter { $0 != Degrader.unknownLevel }
    #expect(!told.isEmpty && told.allSatisfy { abs($0 * 127.5 - 10) < 0.1 }, "\(told)")
  }

  @Test func `a sensor's pattern leaves the noise that its pixels have seen and means of it`()
    throws
  {
    var none = Degradation.none
    (none.gaussian, none.demosaic) = (.init(1, 20...20), 1)
    let degrader = try Degrader(none, channels: 3, width: side, height: side)
    var clean = flat(128, channels: 3)
    clean[0] += 0.1  // No gray image.
    let noise = try degrader.example(of: clean, stream: stream).target.map { Double($0) * 127.5 }
    for (channel, share) in [0.5625, 0.625, 0.5625].enumerated() {
      let found = meanSquare(noise[(channel * area)..<((channel + 1) * area)])
      #expect(abs(found / (share * 400) - 1) < 0.06, "\(channel): \(found)")
    }
  }

  @Test func `JPEG of high quality changes little, of low quality much`() throws {
    let jpeg = try JPEGCompression()
    let pixels = (0..<(area * 3)).map { place -> UInt8 in
      let (x, y) = (place / 3 % side, place / 3 / side)
      return UInt8((x + y) & 0xff)
    }
    func change(_ quality: Int) throws -> Double {
      let back = try jpeg.compressed(
        pixels, width: side, height: side, channels: 3, quality: quality)
      let changes = zip(pixels, back).map { abs(Double($0) - Double($1)) }
      return changes.reduce(0, +) / Double(pixels.count)
    }
    let (high, low) = (try change(98), try change(10))
    #expect(high < 1 && low > 2 * high, "\(high) \(low)")
    let gray = [UInt8](repeating: 77, count: 9 * 5)
    #expect(try jpeg.compressed(gray, width: 9, height: 5, channels: 1, quality: 90) == gray)
  }

  @Test func `an example follows from its streams, and has what was asked for`() throws {
    let clean = flat(100, channels: 3)
    func example(_ degradation: Degradation, index: Int = 0) throws -> Degrader.Example {
      try Degrader(degradation, channels: 3, width: side, height: side).example(
        of: clean,
        stream: { RandomStream(seed: 1, purpose: .degradation, index: index, step: 9, site: $0) })
    }
    let first = try example(Degradation())
    #expect(try example(Degradation()).input == first.input)
    #expect(try example(Degradation(), index: 1).input != first.input)
    #expect(first.input.count == 5 * area && first.target.count == 3 * area)

    let nothing = try example(.none)
    #expect(nothing.image == clean && nothing.target.allSatisfy { $0 == 0 })

    var rounded = Degradation.none
    (rounded.rounding, rounded.gaussian) = (1, .init(1, 90...90))
    let noisy = try example(rounded)
    let levels = noisy.image.map { $0 * 127.5 + 127.5 }
    #expect(levels.allSatisfy { abs($0 - $0.rounded()) < 1e-3 && (-0.01...255.01).contains($0) })
    #expect(levels.contains { $0 < 0.5 })
    #expect(noisy.weight < nothing.weight)
    for (made, target) in zip(noisy.image, noisy.target) {
      #expect(abs(made - target - clean[0]) < 1e-6)
    }

    // Half of the examples are told their noise.
    var told = 0
    for index in 0..<100 {
      let levels = try example(rounded, index: index).input[(3 * area)..<(4 * area)]
      #expect(Set(levels).count == 1)
      if levels.first != Degrader.unknownLevel { told += 1 }
    }
    #expect((35...65).contains(told), "\(told)")

    var dark = Degradation.none
    dark.tone = .init(1, 3...3)
    let tones = try example(dark)
    #expect(tones.target.allSatisfy { $0 == 0 })
    let expected: Float = 2 * (100.0 / 255 * 100 / 255 * 100 / 255) - 1
    #expect(abs(tones.image[0] - expected) < 1e-5)
  }

  // It was told a quarter less.
  @Test(arguments: [1, 3])
  func `a sensor's pattern changes nothing in gray images, nor what is told of them`(
    channels: Int
  ) throws {
    var none = Degradation.none
    (none.gaussian, none.demosaic) = (.init(1, 20...20), 1)
    let degrader = try Degrader(none, channels: channels, width: side, height: side)
    let examples = try (0..<20).map { index in
      try degrader.example(of: flat(128, channels: channels)) {
        RandomStream(seed: 2, purpose: .degradation, index: index, step: 1, site: $0)
      }
    }
    let levels = examples.map { $0.input[channels * area] }
    let told = levels.filter { $0 != Degrader.unknownLevel }
    #expect(!told.isEmpty && told.allSatisfy { abs($0 * 127.5 - 20) < 0.1 }, "\(told)")
    let found = meanSquare(examples[0].target.map { Double($0) * 127.5 }).squareRoot()
    #expect(abs(found / 20 - 1) < 0.03, "\(found)")
  }

  @Test func `noise that is in no example is not among the levels that a network knows`() {
    var degradation = Degradation.none
    degradation.jpegAfter.probability = 1
    #expect(degradation.mostNoise == 0 && degradation.poisson.most == 0)
    degradation.grain = .init(0.5, 0...30)
    #expect(degradation.mostNoise == 30)
    #expect(Degradation().mostNoise == 75)
  }
}
