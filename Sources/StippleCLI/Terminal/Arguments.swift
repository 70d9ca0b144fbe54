import ArgumentParser
import Stipple
import SystemPackage

// How the library's types are written on the command line.

extension ImageSize: @retroactive ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension FilePath: @retroactive ExpressibleByArgument {
  /// Shells complete files and folders.
  public static var defaultCompletionKind: CompletionKind { .file() }

  /// Reads what a user writes.
  public init?(argument: String) {
    if argument.isEmpty { return nil }
    self.init(argument)
  }
}

extension MemorySize: @retroactive ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}

extension Fit: @retroactive ExpressibleByArgument {}
extension TrainingSettings.Precision: @retroactive ExpressibleByArgument {}
extension Sampler: @retroactive ExpressibleByArgument {
  /// All names.
  public static var allValueStrings: [String] { (allCases + ofDistilled).map(\.rawValue) }
}
