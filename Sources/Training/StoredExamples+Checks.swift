internal import Checkpoints
internal import Diffusion
internal import Files
internal import Networks
internal import SystemPackage
internal import Text

// What stored examples have to be for a network to be trained on them.
extension StoredExamples {
  /// What a network takes.
  struct Demands: Sendable {
    let schedule: NoiseSchedule
    /// Whether timesteps between those of the schedule will not do.
    let areTimestepsWhole: Bool
    /// The number of classes, the null class included; nil without classes.
    let classCount: Int?
    /// Whether the network is told how images were changed.
    let isAugmented: Bool
  }

  /// These examples for a network of `configuration`, after a look at those that are at hand; the
  /// others are looked at when it is their turn.
  ///
  /// - Throws: `SettingError` where the settings are another schedule's; `TrainingError.noised`.
  func matched(
    to configuration: ModelConfiguration, _ settings: TrainingSettings
  ) throws -> StoredExamples {
    var matched = self
    matched.demands = Demands(
      schedule: try NoiseSchedule(configuration.schedule),
      areTimestepsWhole: settings.variance == .learned || settings.lossWeighting == .bound,
      classCount: configuration.network.isClassConditional ? configuration.network.classCount : nil,
      isAugmented: configuration.network.augmentationLabels != nil)
    if case .noised(let file) = source {
      try matched.check(path, timesteps: file.layout.timesteps, alphaBar: file.layout.alphaBar)
    } else {
      _ = try matched.examples(at: 0..<1)
    }
    return matched
  }

  /// Makes sure that examples mean to the network what they meant when they were noised.
  func check(
    _ path: FilePath, timesteps: [Double], alphaBar: [Double], classes: [Int]? = nil,
    isAugmented: Bool = false
  ) throws {
    guard let demands else { return }
    guard isAugmented == demands.isAugmented else {
      throw TrainingError.noised(
        path, cause: "recorded with\(isAugmented ? "" : "out") augmentation; remove `augment`")
    }
    let own = demands.schedule
    for (t, stored) in zip(timesteps, alphaBar) {
      let isThere = t >= 0 && t <= Double(own.timesteps - 1)
      guard isThere, abs(own.alphaBar(at: t) - stored) <= 1e-6 else {
        throw mismatch(path, at: t, own.configuration)
      }
      if demands.areTimestepsWhole && t != t.rounded() {
        throw TrainingError.noised(
          path,
          cause:
            "timestep \(Readable.number(t)) is not an integer, as `variance` learned and `loss-weighting` bound need"
        )
      }
    }
    guard let count = demands.classCount else { return }
    guard let classes else {
      throw TrainingError.noised(path, cause: "recorded without classes; remove `classes`")
    }
    if let unknown = classes.first(where: { !(0..<count).contains($0) }) {
      throw TrainingError.noised(
        path,
        cause: "an example has class \(unknown), but the model has \(count); give the "
          + "`class-dropout` that it was recorded with")
    }
  }

  /// What is wrong where alpha_bar is another than the network's schedule has.
  private func mismatch(
    _ path: FilePath, at t: Double, _ own: NoiseSchedule.Configuration
  ) -> any Error {
    if own == schedule {
      return FileFormatError.inconsistent(
        path: path.string,
        cause: "its alpha_bar at timestep \(Readable.number(t)) is not that of its schedule")
    }
    let (ours, theirs) = (Readable.schedule(own), Readable.schedule(schedule))
    return SettingError(
      "schedule",
      cause:
        "is \(ours), but the batches in \(self.path) have \(theirs); remove the option to use theirs"
    )
  }
}
