import ArgumentParser
import Diffusion
import Stipple
import SystemPackage

// How the library's types are written on the command line.

extension ImageSize: ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension RunTime: ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension FilePath: @retroactive ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) {
    if argument.isEmpty { return nil }
    self.init(argument)
  }
}

extension NoiseRange: ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension TrainingSettings.Weight: ExpressibleByArgument {}
extension TrainingSettings.Fit: ExpressibleByArgument {}
extension TrainingSettings.Precision: ExpressibleByArgument {}
extension LearningRate.Course: ExpressibleByArgument {}
extension GenerationSettings.Sampler: ExpressibleByArgument {}
extension GenerationSettings.Threshold: ExpressibleByArgument {}
extension TimestepSpacing: ExpressibleByArgument {}
