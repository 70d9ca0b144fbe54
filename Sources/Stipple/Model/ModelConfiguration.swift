package import Diffusion
package import Networks

/// What a network is and what it was trained on: all that a checkpoint has to say beside numbers.
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
  package var objective: Objective
  /// The training images.
  public var images: Images
  /// The noise that the network has seen, in grey levels; nil for all of the schedule's.
  public var noiseRange: NoiseRange?

  package init(
    network: UNetConfiguration, schedule: NoiseSchedule.Configuration,
    objective: Objective = .epsilon, width: Int, height: Int, noiseRange: NoiseRange? = nil
  ) {
    self.network = network
    self.schedule = schedule
    self.objective = objective
    images = Images(width: width, height: height)
    self.noiseRange = noiseRange
  }

  /// 1 for grey, 3 for RGB, 4 for RGBA.
  public var channels: Int { network.inputChannels }

  /// How training draws timesteps.
  package var timestepSampling: TimestepSampling {
    noiseRange.map { .noiseLevels($0.levels) } ?? .uniform
  }

  /// Makes sure that network and schedule can be built, that the network goes from images to images
  /// at all of the schedule's timesteps, and that the images suit it.
  package func validate() throws {
    try network.validate()
    try schedule.validate()
    if network.outputChannels != network.inputChannels {
      throw NetworkError.configuration(
        key: "outputChannels",
        cause: "\(network.outputChannels) for \(network.inputChannels) of the input")
    }
    if let rows = network.learnedTimestepCount, rows < schedule.timesteps {
      throw NetworkError.configuration(
        key: "learnedTimestepCount", cause: "\(rows) for a schedule of \(schedule.timesteps)")
    }
    let largest = 1...16_384
    guard largest.contains(images.width), largest.contains(images.height) else {
      throw NetworkError.configuration(
        key: "images",
        cause: "\(images.width) x \(images.height) pixels are not in 1...\(largest.upperBound)")
    }
    try network.checkSize(width: images.width, height: images.height)
  }
}
