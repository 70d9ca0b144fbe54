internal import Text

/// What is done to clean images so that a network learns to undo it, as cameras, scanners and files do it to real
/// ones: kinds of noise, rounding and JPEG, each in some of the examples and from a range.
///
///     y = JPEG_after(round(clip(JPEG_before(x) + n)))
///
/// `NoiseModel` has the formula of the noise n. Levels of noise are in gray levels of 255, and lesser ones are drawn
/// more often: from + (to - from) u^2 with u uniform in 0..<1; all others uniformly. Parts that a file does
/// not name are left out.
public struct Degradation: Equatable, Sendable {
  /// A part that is drawn from a range, in some of the examples.
  public struct Part: Equatable, Sendable {
    /// In how many of the examples it is there, from 0 to 1.
    public var probability: Double
    /// The least and the most.
    public var range: ClosedRange<Double>

    /// The most that there is in examples: 0 where there is none.
    public var most: Double { probability > 0 ? range.upperBound : 0 }

    /// Part of examples, from a range.
    public init(_ probability: Double, _ range: ClosedRange<Double>) {
      (self.probability, self.range) = (probability, range)
    }
  }

  /// Gaussian noise that is the same everywhere: its standard deviation.
  public var gaussian = Part(0.75, 0...75)
  /// Noise of counted photons: by how much its variance grows with each gray level.
  public var poisson = Part(0.25, 0...12)
  /// Film grain: its standard deviation in middle gray.
  public var grain = Part(0.15, 0...40)
  /// Noise whose neighbors are alike, as resizing makes it: the standard deviation of the filter, in pixels.
  public var correlation = Part(0.2, 0.3...1.2)
  /// Color noise: how many times as strong as brightness noise it is, and as far as it reaches.
  public var chroma = Part(0.2, 0.3...2.5)
  /// Noise of a sensor that sees one color at each pixel (Bayer), the others interpolated.
  public var demosaic = 0.15
  /// Noise as it is in cameras' own JPEG files, coarse and with little color, instead of all other noise: its level in
  /// middle gray.
  public var camera = Part(0, 0...24)
  /// Clean images that are darker, brighter or more colorful: the exponent of each channel's tone curve.
  public var tone = Part(0.2, 0.4...3)
  /// Clean images that are out of focus, as those of cameras are at the size of their pixels: the standard deviation of the
  /// filter, in pixels.
  public var blur = Part(0, 0.3...1.5)
  /// Gray images, with the same noise in all channels.
  public var grayscale = 0.2
  /// JPEG before the noise: its quality.
  public var jpegBefore = Part(0.05, 30...95)
  /// JPEG after the noise: its quality.
  public var jpegAfter = Part(0.25, 15...98)
  /// Rounding and clipping to 8 bits.
  public var rounding = 0.8

  /// What photographs and scans have; `camera` and `blur` are left out, which made clean images worse than they made
  /// real noise better.
  public init() {}

  /// Nothing at all.
  public static var none: Degradation {
    var none = Degradation()
    for key in CodingKeys.allCases { none[keyPath: key.probability] = 0 }
    return none
  }

  /// The largest standard deviation of noise that there is in examples, in gray levels: 0 without noise.
  public var mostNoise: Double {
    [gaussian, grain, camera].map(\.most).max() ?? 0
  }

  /// The parts by the names that files have for them.
  enum CodingKeys: String, CodingKey, CaseIterable {
    case gaussian, poisson, grain, correlation, chroma, demosaic, camera, tone, blur, grayscale
    case jpegBefore = "jpeg-before"
    case jpegAfter = "jpeg-after"
    case rounding

    /// Where the part is; nil for one that has no range.
    var part: WritableKeyPath<Degradation, Part>? {
      switch self {
      case .gaussian: \.gaussian
      case .poisson: \.poisson
      case .grain: \.grain
      case .correlation: \.correlation
      case .chroma: \.chroma
      case .camera: \.camera
      case .tone: \.tone
      case .blur: \.blur
      case .jpegBefore: \.jpegBefore
      case .jpegAfter: \.jpegAfter
      case .demosaic, .grayscale, .rounding: nil
      }
    }

    var probability: WritableKeyPath<Degradation, Double> {
      switch self {
      case .demosaic: \.demosaic
      case .grayscale: \.grayscale
      case .rounding: \.rounding
      default: (part ?? \.gaussian).appending(path: \.probability)
      }
    }

    /// What a range may have at its ends.
    var limits: ClosedRange<Double> {
      switch self {
      case .gaussian, .camera: 0...255
      case .poisson: 0...100
      case .grain: 0...128
      case .correlation, .blur: 0...4
      case .chroma: 0...10
      case .tone: 0.1...10
      case .jpegBefore, .jpegAfter: 1...100
      case .demosaic, .grayscale, .rounding: 0...1
      }
    }
  }
}

extension Degradation {
  /// What is wrong with the first part that cannot be: "gaussian: the range must be within 0..255, got -10..-5"; nil
  /// where all can.
  package var fault: String? {
    for key in CodingKeys.allCases {
      let probability = self[keyPath: key.probability]
      if !(0...1).contains(probability) {
        return
          "\(key.rawValue): the probability must be from 0 to 1, got \(Readable.number(probability))"
      }
      guard probability > 0, let range = key.part.map({ self[keyPath: $0].range }) else { continue }
      let limits = key.limits
      if !limits.contains(range.lowerBound) || !limits.contains(range.upperBound) {
        return "\(key.rawValue): the range must be within "
          + "\(NoiseRange.text(limits.lowerBound, limits.upperBound)), got "
          + NoiseRange.text(range.lowerBound, range.upperBound)
      }
    }
    return nil
  }
}

extension Degradation: Codable {
  private enum PartKeys: String, CodingKey, CaseIterable { case probability, range }

  /// Reads the parts that are named.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingsFile.AnyKey.self)
    self = .none
    for name in container.allKeys {
      guard let key = CodingKeys(rawValue: name.stringValue) else {
        throw name.fault(
          "unknown part; there are \(Readable.list(CodingKeys.allCases.map(\.rawValue)))",
          container.codingPath)
      }
      try read(key, container, name)
    }
  }

  private mutating func read(
    _ key: CodingKeys, _ container: KeyedDecodingContainer<SettingsFile.AnyKey>,
    _ name: SettingsFile.AnyKey
  ) throws {
    guard let path = key.part else {
      self[keyPath: key.probability] = try Self.probability(container, name)
      return
    }
    let part = try container.nestedContainer(keyedBy: SettingsFile.AnyKey.self, forKey: name)
    var range: ClosedRange<Double>?
    var probability = 1.0
    for name in part.allKeys {
      switch PartKeys(rawValue: name.stringValue) {
      case .probability: probability = try Self.probability(part, name)
      case .range:
        let text = try part.decode(String.self, forKey: name)
        guard let ends = NoiseRange.ends(text), ends.lowest <= ends.highest,
          key.limits.contains(ends.lowest), key.limits.contains(ends.highest)
        else {
          let limits = key.limits
          throw name.fault(
            """
            \(text) is not a range such as \
            \(NoiseRange.text(limits.lowerBound, limits.upperBound)), from \
            \(Readable.number(limits.lowerBound)) to \(Readable.number(limits.upperBound)), the second number not \
            smaller
            """, part.codingPath)
        }
        range = ends.lowest...ends.highest
      case nil: throw name.fault("unknown; there are probability and range", part.codingPath)
      }
    }
    guard let range else {
      throw name.fault("has no range", container.codingPath)
    }
    self[keyPath: path] = Part(probability, range)
  }

  private static func probability(
    _ container: KeyedDecodingContainer<SettingsFile.AnyKey>, _ name: SettingsFile.AnyKey
  ) throws -> Double {
    let value = try container.decode(Double.self, forKey: name)
    guard (0...1).contains(value) else {
      throw name.fault("must be from 0 to 1, got \(Readable.number(value))", container.codingPath)
    }
    return value
  }

  /// Writes the parts that are there.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for key in CodingKeys.allCases where self[keyPath: key.probability] > 0 {
      guard let path = key.part else {
        try container.encode(self[keyPath: key.probability], forKey: key)
        continue
      }
      let part = self[keyPath: path]
      var nested = container.nestedContainer(keyedBy: PartKeys.self, forKey: key)
      try nested.encode(part.probability, forKey: .probability)
      try nested.encode(
        NoiseRange.text(part.range.lowerBound, part.range.upperBound), forKey: .range)
    }
  }
}

extension SettingsFile.AnyKey {
  fileprivate func fault(_ cause: String, _ path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(.init(codingPath: path + [self], debugDescription: cause))
  }
}
