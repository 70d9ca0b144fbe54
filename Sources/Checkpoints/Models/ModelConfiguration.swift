public import Diffusion
package import Images
package import Networks

/// A model without its weights: network, noise schedule, training objective and image size, as a checkpoint stores
/// them.
public struct ModelConfiguration: Codable, Equatable, Sendable {
  /// The images that the network was trained on.
  public struct Images: Codable, Equatable, Sendable {
    /// In pixels.
    public var width: Int
    /// In pixels.
    public var height: Int
  }

  package var network: UNetConfiguration
  package var schedule: NoiseSchedule.Configuration
  /// What the network predicts.
  @InDiffusersWords package var objective: Objective
  /// The variance of the reverse steps that it was trained for; nil means beta~.
  package var variance: ReverseVariance?
  /// The training images.
  public var images: Images
  /// The noise that the network has seen, in gray levels; nil for all of the schedule's.
  public var noiseRange: NoiseRange?
  /// What the network has learned to undo, in one step and without a diffusion process: then it is a restoration
  /// network, which sees an image with the noise's level beside it and gives what is to be taken away. Nil for
  /// networks of diffusion.
  public var degradation: Degradation?
  /// What the network's classes are called, where it was trained with some here. Where classes were kept
  /// from it now and then, it has one more, the last, for images of which none is known.
  public var classNames: [String]?

  /// How images are sampled from a network that was made for that (`stipple distill`); nil where all ways are as good.
  public var usualSampling: UsualSampling?

  /// A sampler and its number of steps.
  public struct UsualSampling: Codable, Equatable, Sendable {
    /// The sampler.
    public var sampler: Sampler
    /// The steps.
    public var steps: Int

    /// A way of sampling.
    public init(_ sampler: Sampler, steps: Int) { (self.sampler, self.steps) = (sampler, steps) }
  }

  /// Whether DDIM takes the noise anew from a clipped x_0, as diffusers does with
  /// `use_clipped_model_output`, unless a user says otherwise; nil means so. Networks that come from
  /// diffusers do not, as its own default is.
  public var usesClippedModelOutput: Bool?

  package init(
    network: UNetConfiguration, schedule: NoiseSchedule.Configuration,
    objective: Objective = .epsilon, variance: ReverseVariance? = nil, width: Int,
    height: Int, noiseRange: NoiseRange? = nil, degradation: Degradation? = nil,
    classNames: [String]? = nil
  ) {
    self.network = network
    self.schedule = schedule
    self.objective = objective
    self.variance = variance
    images = Images(width: width, height: height)
    self.noiseRange = noiseRange
    self.degradation = degradation
    self.classNames = classNames
  }

  /// The size of the images.
  package var size: ImageSize { ImageSize(width: images.width, height: images.height) }

  /// 1 for gray, 3 for RGB, 4 for RGBA.
  public var channels: Int {
    variance?.isLearned == true ? network.outputChannels / 2 : network.outputChannels
  }

  /// How many channels beside an image's own a network is given that undoes a degradation: the levels of brightness
  /// noise and, of color images, of color noise.
  package static func levelChannels(_ channels: Int) -> Int { channels == 1 ? 1 : 2 }

  /// Whether the network takes noise out of images and cannot draw any.
  public var isDenoiser: Bool { noiseRange != nil || degradation != nil }

  /// The number of classes; nil for a network without classes, or one that takes any number as a class.
  package var classCount: Int? { classNames?.count ?? network.classCount }

  /// The class of images of which none is known, where the network has learned it.
  package var noClass: Int? {
    guard let classNames, let count = network.classCount, count > classNames.count else {
      return nil
    }
    return classNames.count
  }

  /// Whether the model generates nothing without being told a class.
  public var needsClass: Bool { classCount != nil && noClass == nil }

  /// Makes sure that network and schedule can be built, that the network goes from images to images
  /// at all of the schedule's timesteps, and that the images suit it.
  package func validate() throws {
    try network.validate()
    try schedule.validate()
    if degradation != nil {
      guard [1, 3].contains(channels), variance == nil,
        network.inputChannels == channels + Self.levelChannels(channels)
      else {
        throw NetworkError.configuration(
          key: "inputChannels",
          cause: "\(network.inputChannels) for a network that undoes a degradation of \(channels)")
      }
    }
    let channels = network.inputChannels * (variance?.isLearned == true ? 2 : 1)
    if degradation == nil, network.outputChannels != channels {
      throw NetworkError.configuration(
        key: "outputChannels",
        cause: "\(network.outputChannels) for \(network.inputChannels) of the input"
          + (channels > network.inputChannels ? " and a learned variance" : ""))
    }
    if let names = classNames {
      let count = network.classCount ?? 0
      guard [names.count, names.count + 1].contains(count) else {
        throw NetworkError.configuration(
          key: "classCount", cause: "\(count) for \(names.count) names")
      }
      guard !names.isEmpty, Set(names).count == names.count else {
        throw NetworkError.configuration(
          key: "classNames", cause: names.isEmpty ? "there are none" : "a name is there twice")
      }
    }
    if schedule.reachesNoise && objective == .epsilon { throw DiffusionError.noiseOfNoise }
    if let rows = network.learnedTimestepCount,
      rows < schedule.timesteps || schedule.isContinuous
    {
      throw NetworkError.configuration(
        key: "learnedTimestepCount",
        cause: schedule.isContinuous
          ? "the schedule \(schedule.kind.rawValue) has levels between timesteps"
          : "\(rows) for a schedule of \(schedule.timesteps)")
    }
    if let usualSampling {
      guard (1...schedule.timesteps).contains(usualSampling.steps) else {
        throw DiffusionError.steps(usualSampling.steps, timesteps: schedule.timesteps)
      }
    }
    let largest = 1...16_384
    guard largest.contains(images.width), largest.contains(images.height) else {
      throw NetworkError.configuration(
        key: "images",
        cause: "\(images.width) x \(images.height) pixels are not in 1 to \(largest.upperBound)")
    }
    try network.checkSize(width: images.width, height: images.height)
  }
}

/// An objective as checkpoints have it: epsilon, sample, v_prediction, flow_prediction or edm.
@propertyWrapper
package struct InDiffusersWords: Codable, Equatable, Sendable {
  package var wrappedValue: Objective

  package init(wrappedValue: Objective) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let word = try container.decode(String.self)
    guard let value = Objective.allCases.first(where: { Self.word($0) == word }) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "\(word) is not one of "
          + Objective.allCases.map(Self.word).joined(separator: ", "))
    }
    wrappedValue = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Self.word(wrappedValue))
  }

  private static func word(_ objective: Objective) -> String {
    switch objective {
    case .epsilon: "epsilon"
    case .image: "sample"
    case .velocity: "v_prediction"
    case .flow: "flow_prediction"
    case .edm: "edm"
    }
  }
}
