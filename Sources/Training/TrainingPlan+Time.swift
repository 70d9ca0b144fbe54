internal import Checkpoints
public import Files
internal import Networks
internal import Sampling

/// How long a training run takes, and what takes less.
public struct TrainingEstimate: Sendable {
  /// Of the run as it is planned.
  public let secondsPerStep: Double
  /// Whether that was estimated from a small piece, rather than measured.
  public let isRough: Bool
  /// Whether the run is so long that alternatives are proposed.
  public var isTooLong: Bool { !alternatives.isEmpty }
  /// What people do instead, where the run would take weeks.
  public let alternatives: [Alternative]
  /// Steps that the times of alternatives are for.
  public let steps: Int
  /// Seconds until images become recognizable, as far as that can be said; nil of a run without such images.
  public let secondsToFirstImages: Double?

  /// Settings that make the work smaller, and what they make of it.
  public struct Alternative: Sendable, Equatable {
    /// A setting by its name, and its value as a user writes it.
    public struct Setting: Sendable, Equatable {
      /// "size".
      public let name: String
      /// "64".
      public let value: String
    }

    /// The settings to give: size 64, fit random-crop.
    public let settings: [Setting]
    /// In words: "random crops at full resolution".
    public let meaning: String
    /// Of the whole run.
    public let seconds: Double
  }
}

extension TrainingPlan {
  /// Longer than this, and other work is proposed: a week.
  private static let longest = 7.0 * 86400

  /// How many steps the run has, or where only a time ends it, would usually have.
  private var stepCount: Int {
    settings.lastStep ?? TrainingSettings.standardSteps
  }

  /// What the run takes on this machine as it is now.
  ///
  /// - Parameter clocks: what a trial of a small piece is timed by.
  /// - Throws: `DiffusionError` where the schedule cannot be made.
  public func estimate(clocks: Clocks = .system) throws -> TrainingEstimate {
    let computed = computed
    let goal = NetworkTrial.Piece(
      batch: computed.batch, width: configuration.images.width,
      height: configuration.images.height)
    let trial = try Self.trial(configuration, computed, clocks)
    // A step adds up batches; the trial's has one.
    func perStep(_ estimate: NetworkTrial.Estimate) -> Double {
      estimate.seconds * Double(computed.accumulate)
    }
    let whole = trial.seconds(goal)
    let secondsPerStep = perStep(whole) * (1 + memory.slowdown)
    let total = secondsPerStep * Double(stepCount)
    var alternatives: [TrainingEstimate.Alternative] = []
    if total > Self.longest {
      let all = self.alternatives(trial) { perStep($0) * Double(stepCount) }
        .filter { $0.seconds < total / 2 }
      let bearable = all.filter { $0.seconds < Self.longest }
      alternatives = bearable.isEmpty ? all.suffix(1) : bearable
    }
    return TrainingEstimate(
      secondsPerStep: secondsPerStep, isRough: whole.isRough, alternatives: alternatives,
      steps: stepCount,
      secondsToFirstImages: stepsToFirstImages.map { Double($0) * secondsPerStep })
  }

  /// Whether a run may take so long that its start is worth an estimate: from about half a day of a
  /// fast machine.
  public var mayBeTooLong: Bool {
    let size = configuration.images
    let operations =
      3
      * configuration.network.floatingPointOperations(
        width: size.width, height: size.height)
    let steps = Double(stepCount) * Double(settings.batch) * Double(settings.accumulate)
    return Double(operations) * steps > 5e15
  }

  private func alternatives(
    _ trial: NetworkTrial, _ total: (NetworkTrial.Estimate) -> Double
  ) -> [TrainingEstimate.Alternative] {
    var found: [TrainingEstimate.Alternative] = []
    func piece(_ width: Int, _ height: Int) -> NetworkTrial.Piece {
      .init(batch: computed.batch, width: width, height: height)
    }
    func seconds(_ width: Int, _ height: Int) -> Double {
      total(
        trial.seconds(piece(width, height), with: network(width: width, height: height)))
    }
    if noised == nil, isSmaller(64) {
      found.append(
        .init(
          settings: [.init(name: "size", value: "64"), .init(name: "fit", value: "random-crop")],
          meaning: "random crops at full resolution",
          seconds: seconds(64, 64)))
    }
    for side in [128, 64, 32] where noised == nil && isSmaller(side) && found.count < 3 {
      let (width, height) = scaled(to: side)
      let size = width == height ? "\(side)" : "\(width)x\(height)"
      found.append(
        .init(
          settings: [.init(name: "size", value: size), .init(name: "fit", value: "resize")],
          meaning: "whole images, scaled down",
          seconds: seconds(width, height)))
    }
    if !found.isEmpty { return found }
    let size = piece(configuration.images.width, configuration.images.height)
    for preset in [UNetPreset.small, .tiny] where preset.rawValue != settings.preset {
      let network = preset.configuration(
        channels: configuration.channels, width: size.width, height: size.height)
      if size.width % network.strideMultiple + size.height % network.strideMultiple > 0 { continue }
      found.append(
        .init(
          settings: [.init(name: "preset", value: preset.rawValue)], meaning: "a smaller network",
          seconds: total(trial.seconds(size, with: network))))
    }
    return found
  }

  /// A size of the images' shape with about as many pixels as a square, which the network takes.
  private func scaled(to side: Int) -> (width: Int, height: Int) {
    let size = configuration.images
    let multiple = network(width: side, height: side).strideMultiple
    let shape = (Double(size.width) / Double(size.height)).squareRoot()
    func whole(_ length: Double) -> Int {
      max(1, Int((length / Double(multiple)).rounded())) * multiple
    }
    return (whole(Double(side) * shape), whole(Double(side) / shape))
  }
}
