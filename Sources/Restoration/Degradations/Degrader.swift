package import Checkpoints
import Foundation
internal import Images
internal import JPEGCodec
package import Random

/// Makes images worse, as a degradation says, into what a restoration network learns from.
package struct Degrader {
  /// What a restoration network is given, and what it should answer.
  package struct Example {
    /// (C + L, H, W): the degraded image on the [-1, 1] scale, and the noise's levels.
    package var input: [Float]
    /// (C, H, W): what is to be taken away from the image.
    package var target: [Float]
    /// What its squared error counts for.
    package var weight: Float

    /// (C, H, W): the degraded image.
    package var image: [Float] { Array(input[..<target.count]) }
  }

  /// What the levels are where nothing is told of the noise.
  package static let unknownLevel: Float = -1
  /// In how many examples the levels are told.
  private static let told = 0.5
  /// Errors count by 1 / (s^2 + c^2), where s is by how much the image is worse; this is c, 10 gray levels.
  private static let leastDeviation: Float = 10 / 127.5

  let degradation: Degradation
  let channels: Int
  let width: Int
  let height: Int
  private let jpeg: JPEGCompression

  /// For images (C, H, W), gray or RGB.
  package init(_ degradation: Degradation, channels: Int, width: Int, height: Int) throws {
    self.degradation = degradation
    (self.channels, self.width, self.height) = (channels, width, height)
    jpeg = try JPEGCompression()
  }

  /// For a model's images; nil for a network of diffusion.
  package init?(_ configuration: ModelConfiguration) throws {
    guard let degradation = configuration.degradation else { return nil }
    try self.init(
      degradation, channels: configuration.channels, width: configuration.images.width,
      height: configuration.images.height)
  }

  private var area: Int { width * height }

  /// An example made of a clean image (C, H, W) on the [-1, 1] scale.
  ///
  /// - Parameter stream: gives a stream of random numbers for each site from 0 on.
  package func example(
    of image: [Float], stream: (_ site: Int) -> RandomStream
  ) throws -> Example {
    var draws = Draws(stream: stream(0))
    let isTold = draws.happens(Self.told)
    let clean = clean(image, &draws)
    let noisy = try degraded(clean, &draws, stream(1))
    let levels =
      isTold ? noisy.levels : [Float](repeating: Self.unknownLevel, count: noisy.levels.count)
    var square: Float = 0
    let target = zip(noisy.values, clean).map { y, x in
      square += (y - x) * (y - x)
      return y - x
    }
    let least = Self.leastDeviation * Self.leastDeviation
    return Example(
      input: noisy.values + levels, target: target,
      weight: 1 / (square / Float(target.count) + least))
  }

  /// The clean image with other tones, without color, or out of focus.
  private func clean(_ image: [Float], _ draws: inout Draws) -> [Float] {
    var image = image
    let exponents = (0..<channels).map { _ in draws.value(of: degradation.tone.range, by: .ratio) }
    if draws.happens(degradation.tone.probability) {
      for i in image.indices {
        let tone = min(max((image[i] + 1) / 2, 0), 1)
        image[i] = 2 * pow(tone, Float(exponents[i / area])) - 1
      }
    }
    if draws.happens(degradation.grayscale), channels == 3 {
      for i in 0..<area {
        let gray = 0.299 * image[i] + 0.587 * image[area + i] + 0.114 * image[2 * area + i]
        for c in 0..<channels { image[c * area + i] = gray }
      }
    }
    if let radius = draws.value(of: degradation.blur) {
      let filter = SpatialFilter(radius: radius)
      image = (0..<channels).flatMap { c in
        filter.smoothed(
          Array(image[(c * area)..<((c + 1) * area)]), width: width, height: height)
      }
    }
    return image
  }

  private func degraded(
    _ clean: [Float], _ draws: inout Draws, _ stream: RandomStream
  ) throws -> NoiseModel.Noisy {
    var noise = NoiseModel(sigma: draws.value(of: degradation.gaussian, by: .square) ?? 0)
    noise.gain = draws.value(of: degradation.poisson, by: .square) ?? 0
    noise.grain = draws.value(of: degradation.grain, by: .square) ?? 0
    noise.radius = draws.value(of: degradation.correlation) ?? 0
    let chroma = draws.value(of: degradation.chroma)
    noise.chroma = chroma ?? 1
    noise.chromaRadius = noise.radius * max(1, chroma ?? 1)
    // Grains have a size, and are alike in a film's layers, or not.
    let (size, ownColor) = (draws.value(of: 0.3...1), draws.value(of: 0...1))
    if noise.grain > 0 {
      (noise.radius, noise.chromaRadius) = (max(noise.radius, size), max(noise.chromaRadius, size))
      noise.chroma = min(noise.chroma, ownColor)
    }
    let pattern = BayerPattern(row: draws.happens(0.5) ? 1 : 0, column: draws.happens(0.5) ? 1 : 0)
    if draws.happens(degradation.demosaic), channels == 3 { noise.pattern = pattern }
    noise.isGray = (0..<area).allSatisfy { i in
      (1..<channels).allSatisfy { clean[$0 * area + i] == clean[i] }
    }
    let before = draws.value(of: degradation.jpegBefore)
    var after = draws.value(of: degradation.jpegAfter)
    let subsampling = (draws.choice(of: 3), draws.choice(of: 3))
    let isRounded = draws.happens(degradation.rounding)
    if let level = draws.value(of: degradation.camera, by: .square) {
      noise = cameraNoise(level, isGray: noise.isGray, &draws)
      after = draws.value(of: Degradation.Part(0.8, 80...99))
    }

    let start = try before.map { try compressed(clean, $0, subsampling.0) } ?? clean
    var noisy = noise.noisy(start, channels: channels, width: width, height: height, stream)
    if let after {
      noisy.values = try compressed(noisy.values, after, subsampling.1)
    } else if isRounded {
      noisy.values = noisy.values.map { Float(Pixels.level($0)) / 127.5 - 1 }
    }
    return noisy
  }

  /// Noise as it is in a camera's files: its noise reduction has taken fine noise, and of color more than of brightness;
  /// the tone curve and the sensor say how it grows with the tones.
  private func cameraNoise(_ level: Double, isGray: Bool, _ draws: inout Draws) -> NoiseModel {
    let (even, photons) = (draws.uniform(), draws.uniform())
    var noise = NoiseModel(sigma: level * even.squareRoot())
    // Of this variance in middle gray.
    noise.gain = level * level * (1 - even) * photons / 127.5
    noise.grain = level * ((1 - even) * (1 - photons)).squareRoot()
    noise.isGray = isGray
    noise.chroma = draws.value(of: 0.25...1.5, by: .ratio)
    noise.radius = draws.value(of: 0.35...0.95)
    noise.chromaRadius = draws.value(of: 0.8...3)
    noise.wide = draws.value(of: 0...0.4)
    return noise
  }

  private func compressed(
    _ values: [Float], _ quality: Double, _ subsampling: Int
  ) throws -> [Float] {
    let pixels = [UInt8](unsafeUninitializedCapacity: values.count) { pixels, count in
      for i in values.indices {
        pixels[i % area * channels + i / area] = Pixels.level(values[i])
      }
      count = values.count
    }
    let back = try jpeg.compressed(
      pixels, width: width, height: height, channels: channels, quality: Int(quality.rounded()),
      subsampling: JPEGCompression.Subsampling.allCases[subsampling])
    return values.indices.map { Float(back[$0 % area * channels + $0 / area]) / 127.5 - 1 }
  }
}

/// Random numbers one after the other, as many for each part whether it is there or not.
private struct Draws {
  /// How numbers lie in a range.
  enum Law {
    case even
    /// from + (to - from) u^2: lesser ones more often.
    case square
    /// from (to / from)^u: as many below the geometric mean as above.
    case ratio
  }

  let stream: RandomStream
  private var place = 0

  init(stream: RandomStream) { self.stream = stream }

  mutating func uniform() -> Double {
    place += 1
    return Double(stream.uniform(at: place - 1))
  }

  mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  mutating func choice(of count: Int) -> Int { min(Int(uniform() * Double(count)), count - 1) }

  mutating func value(of range: ClosedRange<Double>, by law: Law = .even) -> Double {
    let (from, to, u) = (range.lowerBound, range.upperBound, uniform())
    switch law {
    case .even: return from + (to - from) * u
    case .square: return from + (to - from) * u * u
    case .ratio: return from * pow(to / from, u)
    }
  }

  /// A number of a part, where it is there.
  mutating func value(of part: Degradation.Part, by law: Law = .even) -> Double? {
    let (isThere, value) = (happens(part.probability), value(of: part.range, by: law))
    return isThere ? value : nil
  }
}
