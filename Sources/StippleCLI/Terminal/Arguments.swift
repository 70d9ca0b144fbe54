import ArgumentParser
import Diffusion
import Stipple
import SystemPackage

// How the library's types are written on the command line.

extension ImageSize: @retroactive ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension RunTime: @retroactive ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension FilePath: @retroactive ExpressibleByArgument {
  public init?(argument: String) {
    if argument.isEmpty { return nil }
    self.init(argument)
  }
}

extension TrainingSettings.Fit: @retroactive ExpressibleByArgument {}
extension TrainingSettings.Precision: @retroactive ExpressibleByArgument {}
extension LearningRate.Course: @retroactive ExpressibleByArgument {}
extension GenerationSettings.Sampler: @retroactive ExpressibleByArgument {}
extension TimestepSpacing: @retroactive ExpressibleByArgument {}
