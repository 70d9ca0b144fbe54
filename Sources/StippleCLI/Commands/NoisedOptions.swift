import ArgumentParser
import Stipple
import SystemPackage

/// What a training keeps of its examples, and stored examples to train on, as flags.
struct NoisedOptions: ParsableArguments {
  @Option(
    help: """
      Keep what the network is given in some steps, every=10 or first=100, in noised/ of the run folder: \
      x_t, eps, x_0, timesteps, weights and names, a file a step. (default: none)
      """)
  var recordNoised: Recording?
  @Option(
    help: """
      Train on stored examples instead of images: of a run with such a record, or of a file of stipple \
      noise --with-noise. They are taken in their order (of stipple noise: image after image, and of \
      each its steps), again from the first after the last. The run takes over their size, channels and \
      schedule, and with --config of the recorded run's config.yaml its other settings. Images that \
      are given beside are only measured on, as many as --validation says.
      """)
  var noised: FilePath?

  /// Begins the settings of a new run with what the examples say that it is to be trained on.
  func adopt(into settings: inout TrainingSettings, configured: String?) throws {
    if let path = noised ?? configured.map({ FilePath($0) }) { try settings.adopt(noised: path) }
  }

  /// Takes the flags that are given into account.
  func apply(to settings: inout TrainingSettings) {
    if let recordNoised { settings.recording = recordNoised }
    if let noised { settings.noised = noised.string }
  }
}

extension Recording: ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}
