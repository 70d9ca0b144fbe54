// The table of settings. A key without a row does not compile.
extension TrainingSettings.CodingKeys {
  /// What is known of the setting.
  public var setting: TrainingSetting {
    switch self {
    case .preset: .init(\.preset, .model, "Network preset, see below.", "NAME")
    case .size: .init(\.size, .data, "Image size.", "WxH", usual: "size of the images")
    case .fit: .init(\.fit, .data, "How to fit other image sizes.", "MODE")
    case .channels:
      .init(\.channels, .data, "Channels: 1 gray, 3 RGB, 4 RGBA.", "N", usual: "from images")
    case .background:
      .init(\.background, .advanced, "Background color for transparent images.", "#RRGGBB")
    case .flip: .init(\.flip, .data, "Random horizontal flips.")
    case .turn: .init(\.turn, .advanced, "Random 90-degree rotations of square images.")
    case .classes: .init(\.classes, .data, "Labels from subfolders.", "MODE")
    case .classDropout:
      .init(
        \.classDropout, .advanced, "Class dropout rate for classifier-free guidance.", "P")
    case .validation: .init(\.validation, .data, "Validation fraction.", "F")
    case .validationSplit:
      .init(\.validationSplit, .advanced, "How validation images are chosen.", "NAME")
    case .batch: .init(\.batch, .optimization, "Batch size.", "N")
    case .accumulate: .init(\.accumulate, .advanced, "Gradient accumulation steps.", "N")
    case .steps:
      .init(
        \.steps, .optimization, "Training steps.", "N",
        usual: "\(TrainingSettings.standardSteps) unless `time`", isChangeable: true)
    case .time:
      .init(
        \.time, .optimization, "Training time: 90s, 20m, 8h, 2d.", "TIME", isChangeable: true)
    case .learningRate:
      .init(\.learningRate, .optimization, "Peak learning rate of AdamW.", "LR")
    case .rate: .init(\.rate, .optimization, "Learning-rate schedule.", "NAME")
    case .warmup: .init(\.warmup, .optimization, "Linear warm-up steps.", "N")
    case .weightDecay: .init(\.weightDecay, .advanced, "Weight decay of AdamW.", "W")
    case .clip: .init(\.clip, .advanced, "Gradient clipping norm; 0 disables.", "NORM")
    case .emaDecay: .init(\.emaDecay, .optimization, "EMA decay.", "D")
    case .dropout: .init(\.dropout, .model, "Dropout rate.", "P")
    case .precision: .init(\.precision, .run, "Compute precision.", "TYPE")
    case .gradientType:
      .init(
        \.gradientType, .advanced,
        "Type in which several processes exchange gradients (see docs/cluster.md).", "TYPE",
        isChangeable: true)
    case .seed: .init(\.seed, .run, "Random seed.", "N")
    case .threads:
      .init(\.threads, .run, "CPU threads.", "N", usual: "all CPUs", isChangeable: true)
    case .schedule: .init(\.schedule, .diffusion, "Noise schedule (beta schedule).", "NAME")
    case .timesteps: .init(\.timesteps, .diffusion, "Diffusion timesteps.", "T")
    case .betaStart:
      .init(
        \.betaStart, .advanced, "Beta of the first timestep.", "BETA", usual: "0.1 / timesteps")
    case .betaEnd:
      .init(\.betaEnd, .advanced, "Beta of the last timestep.", "BETA", usual: "20 / timesteps")
    case .betas:
      .init(
        \.betas, .advanced,
        "Custom betas: a text file, one per line, or HDF5 with a dataset betas.", "FILE")
    case .zeroTerminalSNR:
      .init(
        \.zeroTerminalSNR, .advanced,
        "Zero terminal SNR (Lin et al. 2024). Needs `objective` velocity or image.")
    case .objective: .init(\.objective, .diffusion, "Prediction type.", "TYPE")
    case .variance: .init(\.variance, .advanced, "Reverse-process variance.", "TYPE")
    case .timestepSampling: .init(\.timestepSampling, .advanced, "Timestep sampling.", "NAME")
    case .inputPerturbation:
      .init(
        \.inputPerturbation, .advanced,
        "Input perturbation strength (Ning et al. 2023: 0.1).", "S")
    case .offsetNoise:
      .init(
        \.offsetNoise, .advanced,
        "Offset noise strength; 0.1 for very dark or bright images.", "S")
    case .noiseRange:
      .init(
        \.noiseRange, .advanced,
        "Noise levels to train on, sigma on the 0-255 scale, such as 0..75; for denoising only.",
        "A..B", usual: "all")
    case .weight: .init(\.weight, .advanced, "Loss weighting by SNR.", "NAME")
    case .minSNRGamma:
      .init(\.minSNRGamma, .advanced, "Min-SNR gamma (Hang et al. 2023).", "GAMMA")
    case .checkpointEvery:
      .init(
        \.checkpointEvery, .output, "Steps between checkpoints.", "N", isChangeable: true)
    case .sampleEvery:
      .init(
        \.sampleEvery, .output, "Steps between sample images; 0 disables.", "N",
        isChangeable: true)
    case .keep:
      .init(
        \.keep, .output, "Checkpoints to keep, besides the best one.", "N", isChangeable: true)
    case .snapshotEvery:
      .init(
        \.snapshotEvery, .advanced, "Steps between snapshots for post-hoc EMA; 0 disables.", "N")
    case .recording:
      .init(
        \.recording, .advanced,
        "Record training batches to RUN/noised: every=N or first=N steps.", "STEPS",
        isChangeable: true)
    case .noised:
      .init(
        \.noised, .advanced,
        "Train on recorded batches (a run) or noisy samples (noise `with-noise`).", "PATH")
    }
  }
}

extension TrainingSettings {
  /// The first setting with a number that is out of its range.
  package var fault: (setting: NumericSetting, cause: String)? {
    for key in CodingKeys.allCases {
      guard let range = NumericSetting(rawValue: key.rawValue) else { continue }
      if let cause = key.setting.fault(range, self) { return (range, cause) }
    }
    return nil
  }
}
