internal import Images
internal import PNGCodec
internal import SystemPackage

// The table of settings of training: their names, and a row for each.
extension TrainingSettings {
  /// The settings by the names that `config.yaml` and the program have for them.
  public enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
    case preset, levels
    case startFrom = "start-from"
    case recipe, size, fit, channels, background, flip
    case rotate, augment, classes
    case classDropout = "class-dropout"
    case validation
    case validationSplit = "validation-split"
    case batch, accumulate, steps, time
    case untilGood = "until-good"
    case learningRate = "learning-rate"
    case learningRateSchedule = "lr-schedule"
    case warmup
    case weightDecay = "weight-decay"
    case clip
    case emaDecay = "ema-decay"
    case dropout, precision
    case gradientType = "gradient-dtype"
    case seed, threads, memory
    case schedule, timesteps
    case betaStart = "beta-start"
    case betaEnd = "beta-end"
    case betas
    case zeroTerminalSNR = "zero-terminal-snr"
    case objective, variance
    case timestepSampling = "timestep-sampling"
    case inputPerturbation = "input-perturbation"
    case offsetNoise = "offset-noise"
    case noiseRange = "noise-range"
    case degradation
    case lossWeighting = "loss-weighting"
    case minSNRGamma = "min-snr-gamma"
    case checkpointEvery = "checkpoint-every"
    case sampleEvery = "sample-every"
    case keep
    case snapshotEvery = "snapshot-every"
    case recordBatches = "record-batches"
    case replay, distillation

    /// What older versions called settings: their files are still read, and their flags taken.
    public static let olderNames: [String: CodingKeys] = [
      "turn": .rotate, "rate": .learningRateSchedule, "weight": .lossWeighting,
      "record-noised": .recordBatches, "noised": .replay,
    ]

    /// The setting that a file means by a name.
    init?(anyVersion name: String) {
      guard let key = Self(rawValue: name) ?? Self.olderNames[name] else { return nil }
      self = key
    }
  }
}

// A key without a row does not compile.
extension TrainingSettings.CodingKeys {
  /// What is known of the setting.
  public var setting: TrainingSetting {
    switch self {
    case .preset:
      .init(
        \.preset, .model, "Network preset, see below.", "NAME", choices: TrainingSettings.presets)
    case .levels:
      .init(
        \.levels, .advanced, "U-Net resolution levels; each halves the resolution.", "N",
        range: .whole(TrainingSettings.levelRange),
        usual: "the preset's; more above 64x64")
    case .startFrom:
      .init(
        \.startFrom, .model, "Model to fine-tune: a file, run folder or name.", "MODEL",
        form: "a file, run folder or model name", namesFile: true)
    case .recipe: .init(\.recipe, .diffusion, "Training recipe, see below.", "NAME")
    case .size:
      .init(
        \.size, .data, "Image size, in multiples of 4 (some presets: 8).", "WxH",
        range: NumericSetting.size.range, usual: "size of the images, if all have the same")
    case .fit: .init(\.fit, .data, "How to fit other image sizes.", "MODE")
    case .channels:
      .init(
        \.channels, .data, "Channels: 1 gray, 3 RGB, 4 RGBA.", "N", usual: "from images",
        form: "1, 3 or 4", isValid: { $0.map { PixelFormat(channels: $0) != nil } ?? true })
    case .background:
      .init(
        \.background, .advanced, "Background color for transparent images.", "#RRGGBB",
        form: "a color such as #ffffff", isValid: { RGB(hexadecimal: $0) != nil })
    case .flip: .init(\.flip, .data, "Random horizontal flips.")
    case .rotate: .init(\.rotate, .advanced, "Random 90-degree rotations of square images.")
    case .augment:
      .init(
        \.augment, .advanced,
        "Probability of each augmentation transform.", "P", range: .part,
        usual:
          "\(Augmentation.usualProbability) for fewer than \(Augmentation.fewImages) images, else 0"
      )
    case .classes: .init(\.classes, .data, "Labels from subfolders.", "MODE")
    case .classDropout:
      .init(
        \.classDropout, .advanced, "Class dropout rate for classifier-free guidance.", "P",
        range: .part)
    case .validation: .init(\.validation, .data, "Validation fraction.", "F", range: .part)
    case .validationSplit:
      .init(
        \.validationSplit, .advanced, "How validation images are chosen.", "NAME", hasFlag: false)
    case .batch:
      .init(\.batch, .optimization, "Batch size.", "N", range: NumericSetting.batch.range)
    case .accumulate:
      .init(
        \.accumulate, .advanced, "Gradient accumulation steps.", "N",
        range: .wholeFrom(1, limit: 65_536))
    case .steps:
      .init(
        \.steps, .optimization, "Training steps.", "N", range: NumericSetting.steps.range,
        usual: "\(TrainingSettings.standardSteps) unless `time`", isChangeable: true)
    case .time:
      .init(
        \.time, .optimization, "Training time: 90s, 20m, 8h, 2d.", "TIME",
        range: NumericSetting.time.range, isChangeable: true)
    case .untilGood:
      .init(
        \.untilGood, .run, "End early once samples stop improving.", isChangeable: true)
    case .learningRate:
      .init(
        \.learningRate, .optimization, "Peak learning rate of AdamW.", "LR",
        range: .numbersAbove(0, limit: 3e38))
    case .learningRateSchedule:
      .init(\.learningRateSchedule, .optimization, "Learning-rate schedule.", "NAME")
    case .warmup: .init(\.warmup, .optimization, "Linear warm-up steps.", "N", range: .wholeFrom(0))
    case .weightDecay:
      .init(
        \.weightDecay, .advanced, "Weight decay of AdamW.", "W", range: .numbersFrom(0, limit: 1000)
      )
    case .clip:
      .init(
        \.clip, .advanced, "Gradient clipping norm; 0 disables.", "NORM",
        range: .numbersFrom(0, limit: 1e9))
    case .emaDecay: .init(\.emaDecay, .optimization, "EMA decay.", "D", range: .part)
    case .dropout: .init(\.dropout, .model, "Dropout rate.", "P", range: .part)
    case .precision: .init(\.precision, .run, "Compute precision.", "TYPE")
    case .gradientType:
      .init(
        \.gradientType, .advanced,
        "Data type of gradients sent between processes.", "TYPE",
        isChangeable: true)
    case .seed: .init(\.seed, .run, "Random seed.", "N")
    case .threads:
      .init(
        \.threads, .run, "CPU threads.", "N", range: NumericSetting.threads.range,
        usual: "all CPUs", isChangeable: true)
    case .memory:
      .init(
        \.memory, .run, "Memory limit, such as 500M or 2G.", "SIZE",
        usual: "90 % of the memory available", isChangeable: true)
    case .schedule:
      .init(
        \.schedule, .diffusion, "Noise schedule.",
        "NAME",
        choices: TrainingSettings.schedules)
    case .timesteps:
      .init(
        \.timesteps, .diffusion, "Diffusion timesteps.", "T",
        range: NumericSetting.scheduleTimesteps.range)
    case .betaStart:
      .init(
        \.betaStart, .advanced, "Beta of the first timestep.", "BETA", range: .between0And1,
        usual: "0.1 / timesteps")
    case .betaEnd:
      .init(
        \.betaEnd, .advanced, "Beta of the last timestep.", "BETA", range: .between0And1,
        usual: "20 / timesteps")
    case .betas:
      .init(
        \.betas, .advanced,
        "Custom betas: a text file, one per line, or HDF5 with a dataset betas.", "FILE",
        file: { file, settings in
          let betas = try Betas(reading: FilePath(file))
          settings.betas = betas
          (settings.schedule, settings.timesteps) = ("listed", betas.values.count)
        })
    case .zeroTerminalSNR:
      .init(
        \.zeroTerminalSNR, .advanced,
        "Zero terminal SNR (Lin et al. 2024). Needs another `objective` than epsilon.")
    case .objective: .init(\.objective, .diffusion, "Prediction type.", "TYPE")
    case .variance:
      .init(
        \.variance, .advanced, "Reverse-process variance.", "TYPE",
        choices: ["beta-tilde", "beta", "learned"])
    case .timestepSampling: .init(\.timestepSampling, .advanced, "Timestep sampling.", "NAME")
    case .inputPerturbation:
      .init(
        \.inputPerturbation, .advanced,
        "Input perturbation strength (Ning et al. 2023: 0.1).", "S",
        range: .numbersFrom(0, limit: 1000))
    case .offsetNoise:
      .init(
        \.offsetNoise, .advanced,
        "Offset noise strength; 0.1 for very dark or bright images.", "S",
        range: .numbersFrom(0, limit: 1000))
    case .noiseRange:
      .init(
        \.noiseRange, .advanced,
        "Noise levels to train on, sigma on the 0-255 scale, such as 0..75; for denoising only.",
        "A..B", range: .numbersFrom(0, limit: 1e6), usual: "all")
    case .degradation:
      .init(
        \.degradation, .advanced,
        "Degradation model for restoration training (YAML file).", "FILE",
        usual: "none; preset restoration has one",
        file: { file, settings in
          settings.degradation = try Degradation(yaml: FilePath(file))
        })
    case .lossWeighting:
      .init(\.lossWeighting, .advanced, "Loss weighting by SNR.", "NAME")
    case .minSNRGamma:
      .init(
        \.minSNRGamma, .advanced, "Min-SNR gamma (Hang et al. 2023).", "GAMMA",
        range: .numbersAbove(0, limit: 1e9))
    case .checkpointEvery:
      .init(
        \.checkpointEvery, .output, "Steps between checkpoints.", "N", range: .wholeFrom(1),
        isChangeable: true)
    case .sampleEvery:
      .init(
        \.sampleEvery, .output, "Steps between sample images; 0 disables.", "N",
        range: .wholeFrom(0),
        isChangeable: true)
    case .keep:
      .init(
        \.keep, .output, "Checkpoints to keep, besides the best one.", "N", range: .wholeFrom(1),
        isChangeable: true)
    case .snapshotEvery:
      .init(
        \.snapshotEvery, .advanced, "Steps between snapshots for post-hoc EMA; 0 disables.", "N",
        range: .wholeFrom(0))
    case .recordBatches:
      .init(
        \.recordBatches, .advanced,
        "Record training batches to RUN/noised: every=N or first=N steps.", "STEPS",
        range: .wholeFrom(1), isChangeable: true)
    case .replay:
      .init(
        \.replay, .advanced,
        "Train on recorded batches (a run) or noisy samples (noise `with-noise`).", "PATH",
        form: "a file or folder", namesFile: true)
    case .distillation:
      .init(
        \.distillation, .advanced, "The model that is distilled, and for how many sampling steps.",
        "MODEL", range: .wholeFrom(1), usual: "none", hasFlag: false)
    }
  }
}

extension TrainingSettings {
  /// The first setting with a number that is out of its range.
  package var fault: (setting: CodingKeys, cause: String)? {
    for key in CodingKeys.allCases {
      if let cause = key.setting.fault(self) { return (key, cause) }
    }
    return nil
  }
}
