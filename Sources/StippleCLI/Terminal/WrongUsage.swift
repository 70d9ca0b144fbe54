import ArgumentParser
import Diffusion
import Stipple

/// What the user asks for that cannot be, as opposed to what files and the system do.
enum WrongUsage {
  /// Ends the program with an error's sentence: with status 64 where a flag's value is at fault, such as
  /// `--preset huge`, however late that shows.
  static func exit(with error: any Error) -> Never {
    guard isCause(of: error) else { StippleCommand.exit(withError: error) }
    Console.note("Error: \(error)")
    StippleCommand.exit(withError: ExitCode.validationFailure)
  }

  private static func isCause(of error: any Error) -> Bool {
    switch error {
    case TrainingError.setting, GenerationError.setting, NoisingError.timestep: true
    default: error is DiffusionError
    }
  }
}
