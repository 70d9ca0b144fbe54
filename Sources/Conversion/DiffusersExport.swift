public import Checkpoints
internal import Compiler
internal import Diffusion
internal import Networks
public import SystemPackage

extension DiffusionModel {
  /// Writes the folder that diffusers' `UNet2DModel` and its scheduler, or `DDPMPipeline`, load.
  ///
  /// - Parameters:
  ///   - folder: is made where it is missing.
  ///   - overwriting: whether the files of an earlier export may be replaced.
  /// - Returns: how Python loads it.
  /// - Throws: `ConversionError.unknownToDiffusers`, an error that names the file that exists already, or the system's refusal.
  @discardableResult
  public func exportDiffusers(to folder: FilePath, overwriting: Bool = false) throws -> String {
    let schedule = configuration.schedule
    if configuration.network.normGroups == 0 || configuration.network.patchSize != nil
      || configuration.degradation != nil
    {
      throw ConversionError.unknownToDiffusers(folder)
    }
    let objective = configuration.objective
    let consistency = try configuration.usualSampling.flatMap { usual in
      usual.sampler == .consistency
        ? try ConsistencyExport(self, steps: usual.steps, to: folder) : nil
    }
    guard (schedule.kind == .flow) == (objective == .flow),
      (schedule.kind == .edm) == (objective == .edm)
    else {
      throw ConversionError.pathUnknownToDiffusers(
        folder, schedule: schedule.kind.rawValue, objective: objective.rawValue)
    }
    var scheduler = DiffusersScheduler(
      timesteps: consistency?.timesteps ?? schedule.timesteps,
      betas: consistency == nil
        ? schedule.diffusersBetas : .consistency(rho: Sampler.consistencyExponent),
      endsInNoise: schedule.endsInNoise,
      prediction: objective.diffusersPrediction,
      variance: configuration.variance?.diffusersVariance ?? .small)
    scheduler.usesClippedOutput =
      consistency == nil && configuration.usesClippedModelOutput ?? true
    // What it learned of augmentation adds nothing where none is told.
    var network = configuration.network
    network.augmentationLabels = nil
    try DiffusersFolder.write(
      DiffusersConfiguration(
        network: network,
        sampleSize: .init(
          height: configuration.images.height, width: configuration.images.width)),
      scheduler: scheduler,
      classNames: configuration.classNames, to: folder, overwriting: overwriting
    ) { name in
      if let consistency, name == ConsistencyExport.parameter { return consistency.weight() }
      return parameters[name]
    }
    // The pipeline draws: without classes, and from nothing but noise.
    return scheduler.className == "DDPMScheduler" && network.classCount == nil
      && configuration.noiseRange == nil
      ? "DDPMPipeline.from_pretrained(\"\(folder)\")"
      : "UNet2DModel.from_pretrained(\"\(folder)\") and "
        + "\(scheduler.className).from_pretrained(\"\(folder)\")"
  }
}
