public import Checkpoints
internal import Compiler
internal import Diffusion
internal import Networks
public import SystemPackage

extension DiffusionModel {
  /// Writes the folder that diffusers' `UNet2DModel` and `DDPMPipeline` load.
  ///
  /// - Parameters:
  ///   - folder: is made where it is missing.
  ///   - overwriting: whether the files of an earlier export may be replaced.
  /// - Throws: `ConversionError.unknownToDiffusers`, an error that names the file that exists already, or the system's refusal.
  public func exportDiffusers(to folder: FilePath, overwriting: Bool = false) throws {
    let schedule = configuration.schedule
    if configuration.network.normGroups == 0 || configuration.network.patchSize != nil
      || configuration.degradation != nil
    {
      throw ConversionError.unknownToDiffusers(folder)
    }
    var scheduler = DiffusersScheduler(
      timesteps: schedule.timesteps, betas: schedule.diffusersBetas,
      endsInNoise: schedule.endsInNoise,
      prediction: configuration.objective.diffusersPrediction,
      variance: configuration.variance?.diffusersVariance ?? .small)
    scheduler.usesClippedOutput = configuration.usesClippedModelOutput ?? true
    try DiffusersFolder.write(
      DiffusersConfiguration(
        network: configuration.network,
        sampleSize: .init(
          height: configuration.images.height, width: configuration.images.width)),
      scheduler: scheduler,
      classNames: configuration.classNames, to: folder, overwriting: overwriting
    ) { parameters[$0] }
  }
}
