internal import Diffusion
internal import Networks

// Training that goes on from a model's weights: a distillation, or fine-tuning on other images.

extension TrainingSettings {
  /// What a model's images and process are like: the settings of its own training, or as far as its configuration
  /// tells; how long that took, what it recorded and where it ran is not kept.
  init(furtherTrainingOf model: DiffusionModel) {
    let usual = TrainingSettings()
    let configuration = model.configuration
    self = model.origin?.training ?? usual
    if model.origin?.training == nil {
      let schedule = configuration.schedule
      (self.schedule, timesteps) = (schedule.kind.rawValue, schedule.timesteps)
      (betaStart, betaEnd) = (schedule.betaStart, schedule.betaEnd)
      betas = schedule.betas.map(Betas.init)
      zeroTerminalSNR = schedule.endsInNoise
      objective = configuration.objective
      variance = configuration.variance ?? .betaTilde
      learningRate = 2e-4
      preset = configuration.network.preset?.rawValue ?? preset
    }
    (size, channels) = (configuration.size, configuration.channels)
    // Networks that are told of augmentation go on with it.
    if configuration.network.augmentationLabels == nil { augment = 0 }
    // The network is the model's, whatever the size of the images.
    let preset = UNetPreset(rawValue: self.preset)
    levels = levels ?? preset?.ownLevels
    (recordBatches, replay, distillation, startFrom, snapshotEvery) = (nil, nil, nil, nil, 0)
    (steps, time, threads, memory, untilGood) = (nil, nil, nil, nil, false)
    (warmup, learningRateSchedule) = (100, .cosine)
    (seed, precision, gradientType) = (usual.seed, .auto, usual.gradientType)
    (checkpointEvery, sampleEvery, keep) = (usual.checkpointEvery, usual.sampleEvery, usual.keep)
  }

  /// The usual settings of fine-tuning: training goes on as the model's own went, from its weights.
  ///
  /// - Parameters:
  ///   - name: what the user calls the model.
  ///   - recipe: what is asked for; the model's own is kept, so that there must be none.
  public init(
    startingFrom model: DiffusionModel, named name: String, recipe: Recipe? = nil
  ) throws(SettingError) {
    if recipe != nil {
      throw SettingError(
        CodingKeys.recipe.rawValue,
        cause: "cannot be changed with `start-from`; give single options such as `learning-rate`")
    }
    self.init(furtherTrainingOf: model)
    startFrom = name
    let network = model.configuration.network
    if model.origin?.training == nil, let preset = network.preset {
      (self.preset, levels) = (preset.rawValue, network.channelsPerLevel.count)
    }
  }
}

extension UNetConfiguration {
  /// The preset that has the same blocks, whatever the network is told beside the image.
  fileprivate var preset: UNetPreset? {
    UNetPreset.allCases.first {
      hasSameBlocks(as: $0.configuration(channels: outputChannels, levels: channelsPerLevel.count))
    }
  }
}
