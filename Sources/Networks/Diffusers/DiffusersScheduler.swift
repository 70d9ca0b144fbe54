package import SystemPackage

/// The `scheduler_config.json` of a diffusers scheduler: the noise that a network was trained with.
package struct DiffusersScheduler: Equatable, Sendable {
  /// How beta grows with the timestep, or a path that has none.
  package enum Betas: Equatable, Sendable {
    case linear(start: Double, end: Double)
    /// Linear in the square root of beta.
    case scaledLinear(start: Double, end: Double)
    /// The cosine schedule of Nichol & Dhariwal 2021, diffusers' `squaredcos_cap_v2`.
    case cosine
    /// A sigmoid between two ends (Xu et al. 2022), diffusers' `sigmoid`.
    case sigmoid(start: Double, end: Double)
    /// One by one.
    case listed([Double])
    /// That of flow matching (`FlowMatchEulerDiscreteScheduler`).
    case flow
    /// That of Karras et al. 2022 (`EDMEulerScheduler`).
    case edm
    /// The same, for networks of consistency (`CMStochasticIterativeScheduler`); written alone.
    case consistency(rho: Double)
  }

  /// What the network's output means.
  package enum Prediction: String, Sendable {
    case noise = "epsilon"
    case image = "sample"
    case velocity = "v_prediction"
    /// The velocity of flow matching; `FlowMatchEulerDiscreteScheduler` knows nothing else and has no word for it.
    case flow = "flow_prediction"
    /// F of Karras et al. 2022: what `EDMEulerScheduler` calls epsilon.
    case edm
  }

  /// The variance of an ancestral step (Ho et al. 2020, section 3.2).
  package enum Variance: String, Sendable {
    /// beta~_t, the posterior's.
    case small = "fixed_small"
    /// beta_t.
    case large = "fixed_large"
    /// Between both, as the network says (Nichol & Dhariwal 2021, eq. 15).
    case learnedRange = "learned_range"
    /// As the network says.
    case learned
  }

  /// The number of timesteps, T.
  package var timesteps: Int
  package var betas: Betas
  /// Whether they are rescaled so that nothing of the image is left at the end (Lin et al. 2024,
  /// algorithm 1).
  package var endsInNoise: Bool
  package var prediction: Prediction
  package var variance: Variance
  /// Whether predictions of x_0 are clipped to ±`clipRange`.
  package var clips: Bool
  package var clipRange: Double
  /// Whether DDIM is to take the noise anew from a clipped image. In diffusers that is an argument of
  /// `step`, and no option of a file: Stipple keeps it under a name that diffusers ignores.
  package var usesClippedOutput = false
  /// The option's name.
  static let clippedOutputKey = "_use_clipped_model_output"
  /// Options of the file that are not known here.
  package private(set) var unknownKeys: [String] = []

  /// A scheduler to be written.
  package init(
    timesteps: Int, betas: Betas, endsInNoise: Bool = false, prediction: Prediction = .noise,
    variance: Variance = .small, clips: Bool = true, clipRange: Double = 1
  ) {
    self.timesteps = timesteps
    self.betas = betas
    self.endsInNoise = endsInNoise
    self.prediction = prediction
    self.variance = variance
    self.clips = clips
    self.clipRange = clipRange
  }

  /// Reads `scheduler_config.json`; options that are missing have diffusers' defaults.
  ///
  /// What belongs to a way of sampling and not to the noise (spacing, solver order and the like) is
  /// left unread.
  /// - Throws: `NetworkError` with the file, the option and its value where one is of a wrong type,
  ///   out of range, or asks for what Stipple has no code for.
  package init(reading path: FilePath) throws(NetworkError) {
    var options = try OptionReader(file: path)
    let family = try Family(&options)
    if family.path != nil { try Self.checkPath(&options) }
    timesteps = try options.integer("num_train_timesteps", default: 1000)
    guard (1...1_000_000).contains(timesteps) else {
      throw .option(
        path, key: "num_train_timesteps", problem: "\(timesteps) is not in 1 to 1000000")
    }
    if let path = family.path {
      betas = path
    } else {
      betas = try Self.betas(&options, family, timesteps: timesteps)
    }
    prediction = try Self.prediction(&options, family)
    variance = try Self.variance(&options)
    clips = try options.boolean("clip_sample", default: family.clips)
    clipRange = try options.number("clip_sample_range", default: 1)
    guard clipRange > 0 else {
      throw .option(path, key: "clip_sample_range", problem: "\(clipRange) is not above 0")
    }
    endsInNoise = try options.boolean("rescale_betas_zero_snr", default: false)
    if try options.boolean("thresholding", default: false) {
      throw .unsupported(path, key: "thresholding", value: "true", supported: "false is")
    }
    usesClippedOutput = try options.boolean(Self.clippedOutputKey, default: false)
    Self.ignoreSampling(&options)
    unknownKeys = options.unread
  }

  // MARK: Reading

  /// The defaults in which diffusers' schedulers differ.
  private struct Family {
    let start, end: Double
    let clips: Bool
    /// Of schedulers without betas.
    var path: Betas?

    init(_ options: inout OptionReader) throws(NetworkError) {
      let name = try options.string("_class_name", default: "DDPMScheduler")
      switch name {
      case "DDPMScheduler", "DDIMScheduler", "DDPMParallelScheduler", "DDIMParallelScheduler",
        "DDIMInverseScheduler":
        (start, end, clips) = (1e-4, 0.02, true)
      case "PNDMScheduler", "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler",
        "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "UniPCMultistepScheduler",
        "DEISMultistepScheduler", "LMSDiscreteScheduler":
        (start, end, clips) = (1e-4, 0.02, false)
      case "HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler":
        (start, end, clips) = (0.00085, 0.012, false)
      case "FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler":
        (start, end, clips, path) = (0, 0, false, .flow)
      case "EDMEulerScheduler", "EDMDPMSolverMultistepScheduler":
        (start, end, clips, path) = (0, 0, false, .edm)
      default:
        throw .unsupported(
          options.path, key: "_class_name", value: JSON.string(name).summary,
          supported: "DDPMScheduler and others with betas, FlowMatchEulerDiscreteScheduler and "
            + "EDMEulerScheduler are")
      }
    }
  }

  /// Refuses other paths than those that Stipple has.
  private static func checkPath(_ options: inout OptionReader) throws(NetworkError) {
    for (key, usual) in [
      ("shift", 1), ("sigma_min", 0.002), ("sigma_max", 80), ("sigma_data", 0.5), ("rho", 7),
    ] {
      let value = try options.number(key, default: usual)
      if value != usual {
        throw .unsupported(
          options.path, key: key, value: "\(value)", supported: "\(JSON.number(usual).summary) is")
      }
    }
    for key in ["use_dynamic_shifting", "invert_sigmas"] {
      if try options.boolean(key, default: false) {
        throw .unsupported(options.path, key: key, value: "true", supported: "false is")
      }
    }
  }

  private static func betas(
    _ options: inout OptionReader, _ family: Family, timesteps: Int
  ) throws(NetworkError) -> Betas {
    let kind = try options.string("beta_schedule", default: "linear")
    let start = try options.number("beta_start", default: family.start)
    let end = try options.number("beta_end", default: family.end)
    if let listed = try options.optionalNumbers("trained_betas") {
      return .listed(try checked(listed, options.path, timesteps: timesteps))
    }
    if kind == "squaredcos_cap_v2" { return .cosine }
    guard 0 < start && start <= end && end < 1 else {
      throw .option(
        options.path, key: "beta_start and beta_end",
        problem: "\(start) and \(end) do not rise between 0 and 1")
    }
    switch kind {
    case "linear": return .linear(start: start, end: end)
    case "scaled_linear": return .scaledLinear(start: start, end: end)
    case "sigmoid": return .sigmoid(start: start, end: end)
    default:
      throw .unsupported(
        options.path, key: "beta_schedule", value: JSON.string(kind).summary,
        supported: "linear, scaled_linear, squaredcos_cap_v2 and sigmoid are")
    }
  }

  private static func checked(
    _ betas: [Double], _ path: FilePath, timesteps: Int
  ) throws(NetworkError) -> [Double] {
    guard betas.count == timesteps else {
      throw .option(
        path, key: "trained_betas",
        problem: "has \(betas.count) values for \(timesteps) timesteps")
    }
    if let index = betas.firstIndex(where: { !(0 < $0 && $0 < 1) }) {
      throw .option(
        path, key: "trained_betas",
        problem: "value \(index) is \(betas[index]), not between 0 and 1")
    }
    return betas
  }

  private static func prediction(
    _ options: inout OptionReader, _ family: Family
  ) throws(NetworkError) -> Prediction {
    let text = try options.string(
      "prediction_type",
      default: (family.path == .flow ? Prediction.flow : Prediction.noise).rawValue)
    if family.path == .edm, text == Prediction.noise.rawValue { return .edm }
    let known: [Prediction] =
      switch family.path {
      case .flow: [.flow]
      case .edm: []
      default: [.noise, .image, .velocity]
      }
    guard let prediction = known.first(where: { $0.rawValue == text }) else {
      throw .unsupported(
        options.path, key: "prediction_type", value: JSON.string(text).summary,
        supported: known.isEmpty
          ? "epsilon is"
          : known.count == 1
            ? "\(known[0].rawValue) is" : "epsilon, sample and v_prediction are")
    }
    return prediction
  }

  private static func variance(_ options: inout OptionReader) throws(NetworkError) -> Variance {
    // Some schedulers have null here, which is no variance at all: the default does no harm.
    let text = try options.optionalString("variance_type", default: nil)
    switch text {
    case nil, "fixed_small", "fixed_small_log": return .small
    case "fixed_large", "fixed_large_log": return .large
    case "learned_range": return .learnedRange
    case "learned": return .learned
    case let text?:
      throw .unsupported(
        options.path, key: "variance_type", value: JSON.string(text).summary,
        supported: "fixed_small, fixed_large, learned_range and learned are")
    }
  }

  private static func ignoreSampling(_ options: inout OptionReader) {
    options.ignore(
      "algorithm_type", "dynamic_thresholding_ratio", "euler_at_final", "final_sigmas_type",
      "interpolation_type", "lambda_min_clipped", "lower_order_final", "sample_max_value",
      "set_alpha_to_one", "sigma_schedule", "skip_prk_steps", "shift_terminal",
      "stochastic_sampling", "base_shift", "max_shift", "base_image_seq_len",
      "max_image_seq_len", "time_shift_type", "solver_order", "solver_type", "steps_offset",
      "timestep_spacing", "use_exponential_sigmas", "use_beta_sigmas", "use_karras_sigmas")
  }
}
