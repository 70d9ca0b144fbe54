extension DiffusersScheduler {
  /// The scheduler's class in diffusers.
  package var className: String {
    switch betas {
    case .flow: "FlowMatchEulerDiscreteScheduler"
    case .edm: "EDMEulerScheduler"
    case .consistency: "CMStochasticIterativeScheduler"
    case .linear, .scaledLinear, .cosine, .sigmoid, .listed: "DDPMScheduler"
    }
  }

  /// The `scheduler_config.json` that `from_pretrained` of the scheduler's class reads.
  package var json: JSON {
    switch betas {
    case .flow:
      jsonOfPath([.init("shift", .number(1))])
    case .edm:
      jsonOfPath(
        [
          .init("prediction_type", .string(Prediction.noise.rawValue)),
          .init("rho", .number(7)),
          .init("sigma_data", .number(0.5)),
          .init("sigma_max", .number(80)),
          .init("sigma_min", .number(0.002)),
          .init("sigma_schedule", .string("karras")),
        ])
    case .consistency(let rho):
      // With a sigma_min of 0 its c_skip and c_out are those of Karras et al. 2022.
      jsonOfPath(
        [
          .init("clip_denoised", .boolean(true)),
          .init("rho", .number(rho)),
          .init("s_noise", .number(1)),
          .init("sigma_data", .number(0.5)),
          .init("sigma_max", .number(80)),
          .init("sigma_min", .number(0)),
        ])
    case .linear, .scaledLinear, .cosine, .sigmoid, .listed: jsonOfBetas
    }
  }

  private func jsonOfPath(_ options: [JSON.Member]) -> JSON {
    .object(
      [
        .init("_class_name", .string(className)),
        .init("_diffusers_version", .string("0.30.0")),
      ] + own + [.init("num_train_timesteps", .integer(timesteps))] + options)
  }

  /// What diffusers takes no notice of.
  private var own: [JSON.Member] {
    usesClippedOutput ? [.init(Self.clippedOutputKey, .boolean(true))] : []
  }

  /// That of `DDPMScheduler`.
  private var jsonOfBetas: JSON {
    var (kind, start, end) = ("linear", 1e-4, 0.02)
    var listed = JSON.null
    switch betas {
    case .linear(let first, let last): (start, end) = (first, last)
    case .scaledLinear(let first, let last): (kind, start, end) = ("scaled_linear", first, last)
    case .cosine: kind = "squaredcos_cap_v2"
    case .sigmoid(let first, let last): (kind, start, end) = ("sigmoid", first, last)
    case .listed(let betas): listed = .array(betas.map(JSON.number))
    case .flow, .edm, .consistency: break
    }
    return .object(
      [
        .init("_class_name", .string(className)),
        .init("_diffusers_version", .string("0.30.0")),
      ] + own + [
        .init("beta_end", .number(end)),
        .init("beta_schedule", .string(kind)),
        .init("beta_start", .number(start)),
        .init("clip_sample", .boolean(clips)),
        .init("clip_sample_range", .number(clipRange)),
        .init("dynamic_thresholding_ratio", .number(0.995)),
        .init("num_train_timesteps", .integer(timesteps)),
        .init("prediction_type", .string(prediction.rawValue)),
        .init("rescale_betas_zero_snr", .boolean(endsInNoise)),
        .init("sample_max_value", .number(1)),
        .init("steps_offset", .integer(0)),
        .init("thresholding", .boolean(false)),
        .init("timestep_spacing", .string("leading")),
        .init("trained_betas", listed),
        .init("variance_type", .string(variance.rawValue)),
      ])
  }
}
