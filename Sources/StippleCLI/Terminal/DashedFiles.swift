import ArgumentParser
import Foundation

/// Files whose names begin with a dash, which the parser takes for options: with an `h` in it for the one that shows help.
enum DashedFiles {
  /// Refuses what is a file and no option.
  static func check(_ arguments: [String]) throws {
    for argument in arguments {
      // What follows `--` is no option.
      if argument == "--" { return }
      guard argument.hasPrefix("-"), argument.count > 2, !argument.hasPrefix("--"),
        FileManager.default.fileExists(atPath: argument)
      else { continue }
      throw ValidationError("Unknown option '\(argument)'; for the file give './\(argument)'")
    }
  }
}
