import ArgumentParser
import Foundation
import Stipple

/// How the program ends where a command throws.
enum Ending {
  /// Ends the program with an error's text and status, or with the help that was asked for.
  static func exit(with error: any Error) -> Never { Foundation.exit(tell(error)) }

  /// Tells of an error, or shows the help that was asked for, and gives the status to end with.
  ///
  /// The status is 64 where a flag's value is at fault, such as `--preset huge`, however late that
  /// shows.
  ///
  /// - Parameter prefix: whose error it is.
  static func tell(_ error: any Error, prefix: String = "") -> Int32 {
    let status = isWrongUsage(error) ? .validationFailure : StippleCommand.exitCode(for: error)
    let text = StippleCommand.fullMessage(for: error)
    switch status {
    case .success: show(text == Machine.version ? version : HelpPage.replacing(text) ?? text)
    case .validationFailure where !isWrongUsage(error):
      let arguments = Array(CommandLine.arguments.dropFirst())
      let text = (error as? ValidationError).flatMap { UsageAdvice.text(of: $0, arguments) } ?? text
      Console.noteLines(UsageAdvice.improved(escapingArguments(of: text), arguments))
    default: if !text.isEmpty { Console.note("\(prefix)Error: \(error)") }
    }
    return status.rawValue
  }

  /// The program's version, what it was built with, and the MPI that would connect several processes.
  private static var version: String {
    let found = ProcessGroup.libraries
    let lines = Machine.components.map { "\($0): \($1)" }
    let mpi = "MPI: \(found.isEmpty ? "none found" : found.joined(separator: ", "))"
    return ([Machine.version] + lines + [mpi]).joined(separator: "\n")
  }

  /// Prints what was asked for: help, a version, a completion script.
  private static func show(_ text: String) {
    do {
      try Console.resultLines(text)
    } catch {
      Console.note("Error: \(error)")
      Foundation.exit(EXIT_FAILURE)
    }
  }

  /// A message of several lines of the argument parser's, the arguments in it without control
  /// characters: a line feed in one of them would begin a line of its own.
  private static func escapingArguments(of text: String) -> String {
    var text = text
    for argument in CommandLine.arguments.dropFirst() {
      let value = argument.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
      for part in [argument, value] where part.contains("\n") {
        text = text.replacing(part, with: PrintableText.escaped(part))
      }
    }
    return text
  }

  /// Whether it is what the user asks for that cannot be, as opposed to what files and the system do.
  private static func isWrongUsage(_ error: any Error) -> Bool {
    switch error {
    case is SettingError, is DiffusionError, OutputError.misnamed: true
    default: false
    }
  }
}
