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

/// A number of bytes as a user writes it: "500M", "2G", or a plain number.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let units: [Character: Double] = ["K": 1e3, "M": 1e6, "G": 1e9]
    let unit = argument.last.flatMap { units[Character($0.uppercased())] }
    guard let number = Double(unit == nil ? argument : String(argument.dropLast())), number > 0,
      let bytes = Int(exactly: (number * (unit ?? 1)).rounded())
    else { return nil }
    self.bytes = bytes
  }
}

extension Fit: @retroactive ExpressibleByArgument {}
extension TrainingSettings.Precision: @retroactive ExpressibleByArgument {}
extension Sampler: @retroactive ExpressibleByArgument {
  /// All names.
  public static var allValueStrings: [String] { (allCases + ofDistilled).map(\.rawValue) }
}
