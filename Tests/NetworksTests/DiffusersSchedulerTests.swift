import Networks
import TestSupport
import Testing

@Suite struct DiffusersSchedulerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> DiffusersScheduler {
    try Fixture.write(text, to: folder / "scheduler_config.json")
    return try DiffusersScheduler(reading: folder / "scheduler_config.json")
  }

  @Test func `missing options have diffusers' defaults`() throws {
    #expect(
      try read("{}")
        == DiffusersScheduler(
          timesteps: 1000, betas: .linear(start: 1e-4, end: 0.02), prediction: .noise,
          variance: .small, clips: true, clipRange: 1))
  }

  @Test func `defaults differ between schedulers`() throws {
    let heun = try read(#"{"_class_name": "HeunDiscreteScheduler"}"#)
    #expect(heun.betas == .linear(start: 0.00085, end: 0.012))
    #expect(!heun.clips)
  }

  @Test func `the scheduler of google's ddpm-cifar10-32 is understood`() throws {
    let scheduler = try read(
      """
      {
        "_class_name": "DDPMScheduler", "_diffusers_version": "0.1.1", "beta_end": 0.02,
        "beta_schedule": "linear", "beta_start": 0.0001, "clip_sample": true,
        "num_train_timesteps": 1000, "trained_betas": null, "variance_type": "fixed_large"
      }
      """)
    #expect(
      scheduler
        == .init(timesteps: 1000, betas: .linear(start: 1e-4, end: 0.02), variance: .large))
  }

  @Test(arguments: [
    DiffusersScheduler(timesteps: 100, betas: .cosine, prediction: .velocity, clips: false),
    .init(timesteps: 7, betas: .scaledLinear(start: 0.00085, end: 0.012), variance: .large),
    .init(timesteps: 3, betas: .listed([0.1, 0.25, 0.5]), prediction: .image, clipRange: 2),
  ])
  func `schedulers survive writing and reading`(scheduler: DiffusersScheduler) throws {
    #expect(try read(scheduler.json.text(indented: true)) == scheduler)
  }

  @Test(arguments: [
    (
      #"{"_class_name": "ScoreSdeVeScheduler"}"#,
      #"_class_name: "ScoreSdeVeScheduler" is not supported; DDPMScheduler and others with betas, FlowMatchEulerDiscreteScheduler and EDMEulerScheduler are"#
    ),
    (
      #"{"beta_schedule": "laplace"}"#,
      #"beta_schedule: "laplace" is not supported; linear, scaled_linear, squaredcos_cap_v2 and sigmoid are"#
    ),
    (
      #"{"prediction_type": "flow"}"#,
      #"prediction_type: "flow" is not supported; epsilon, sample and v_prediction are"#
    ),
    (
      #"{"_class_name": "EDMEulerScheduler", "prediction_type": "v_prediction"}"#,
      #"prediction_type: "v_prediction" is not supported; epsilon is"#
    ),
    (
      #"{"_class_name": "EDMEulerScheduler", "sigma_data": 1}"#,
      "sigma_data: 1.0 is not supported; 0.5 is"
    ),
    (
      #"{"_class_name": "FlowMatchEulerDiscreteScheduler", "prediction_type": "epsilon"}"#,
      #"prediction_type: "epsilon" is not supported; flow_prediction is"#
    ),
    (
      #"{"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0}"#,
      "shift: 3.0 is not supported; 1.0 is"
    ),
    (
      #"{"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true}"#,
      "use_dynamic_shifting: true is not supported; false is"
    ),
    (
      #"{"variance_type": "guessed"}"#,
      #"variance_type: "guessed" is not supported; fixed_small, fixed_large, learned_range and learned are"#
    ),
    (
      #"{"thresholding": true}"#, "thresholding: true is not supported; false is"
    ),
    (#"{"num_train_timesteps": 0}"#, "num_train_timesteps: 0 is not in 1 to 1000000"),
    (
      #"{"num_train_timesteps": "1000"}"#,
      #"num_train_timesteps: is "1000", expected a whole number"#
    ),
    (
      #"{"beta_start": 0.5}"#, "beta_start and beta_end: 0.5 and 0.02 do not rise between 0 and 1"
    ),
    (
      #"{"num_train_timesteps": 2, "trained_betas": [0.1]}"#,
      "trained_betas: has 1 values for 2 timesteps"
    ),
    (
      #"{"num_train_timesteps": 2, "trained_betas": [0.1, 1]}"#,
      "trained_betas: value 1 is 1.0, not between 0 and 1"
    ),
  ])
  func `what there is no code for is refused with file, option and value`(
    text: String, sentence: String
  ) throws {
    #expect(
      Fixture.message(in: folder.path) { _ = try read(text) }
        == "scheduler_config.json: \(sentence)")
  }
}
