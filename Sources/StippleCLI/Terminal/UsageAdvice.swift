import ArgumentParser
import Stipple

/// What the parser of the command line says, in words that lead on: the flag that was meant, the values that
/// there are.
enum UsageAdvice {
  /// The message with its first line improved.
  static func improved(_ message: String, _ arguments: [String]) -> String {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first else { return message }
    lines[0] = sentence(first, arguments)
    return lines.joined(separator: "\n")
  }

  /// What the parser would have said, had the command found its fault while it was parsed; nil without a command.
  static func text(of error: ValidationError, _ arguments: [String]) -> String? {
    guard let command = command(arguments)?.configuration, let name = command.commandName,
      let usage = command.usage
    else { return nil }
    return """
      Error: \(error.message)
      Usage: \(usage)
        See 'stipple \(name) --help' for more information.
      """
  }

  private static func sentence(_ line: String, _ arguments: [String]) -> String {
    if line.contains("Unknown option '"), command(arguments) == nil,
      let name = arguments.first, !name.hasPrefix("-")
    {
      return unknown(command: name)
    }
    // A misspelled option is missed first.
    if line.contains("Missing expected argument"), let name = firstUnknown(arguments) {
      return sentence("Error: Unknown option '\(PrintableText.escaped(name))'", arguments)
    }
    if let name = quoted(line, after: "Unknown option '") {
      return unknown(name, arguments).map { "Error: Unknown option '\(name)'. \($0)" } ?? line
    }
    if let name = quoted(line, after: "Unexpected argument '"), command(arguments) == nil {
      return unknown(command: name)
    }
    guard let name = quoted(line, after: " is invalid for '") else { return line }
    if line.contains("'; give ") { return line }
    // What the flags of the table of settings say.
    if line.contains("': give ") { return line.replacing("': give ", with: "'; give ") }
    if let form = form(of: name, command(arguments)) {
      return "\(line.trimmingSuffix(".")); give \(form)"
    }
    return line.replacing("'. Please provide one of ", with: "'; give one of ")
  }

  /// The first option that the command does not have.
  private static func firstUnknown(_ arguments: [String]) -> String? {
    guard let command = command(arguments) else { return nil }
    let flags = FlagNames.flags(of: command)
    return arguments.prefix { $0 != "--" }.lazy.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }.first { !flags.contains($0) }
  }

  private static func unknown(command name: String) -> String {
    "Error: Unknown command '\(name)'." + (similar(name).map { " Did you mean '\($0)'?" } ?? "")
  }

  /// What values an option takes that is no setting of training, of one such as "--shard <I/N>".
  private static func form(of option: String, _ command: (any ParsableCommand.Type)?) -> String? {
    let name = String(option.prefix { $0 != " " }.drop { $0 == "-" })
    return switch name {
    case "seed", "seeds": TrainingSettings.CodingKeys.seed.setting.form
    case "strength" where command == DenoiseCommand.self: NumericSetting.luma.form
    case "noise": "gaussian:25, poisson:0.02, or both as gaussian:5+poisson:0.02"
    case "shard": "two whole numbers such as 2/4, the first from 1 to the second"
    case "guidance-interval": "two numbers such as 0.3..3, the second larger"
    case "sigma":
      NumericSetting.sigma.form + ", or a range of two such as 5..30, the second larger"
    case "timesteps" where option.hasSuffix("<LIST>"):
      "all, every=50 for each 50th, or a list such as 0,250,999"
    case "timesteps": "a whole number, at least 2"
    default: NumericSetting(rawValue: name)?.form
    }
  }

  /// What was meant by an option that there is not.
  private static func unknown(_ option: String, _ arguments: [String]) -> String? {
    guard let command = command(arguments) else { return nil }
    let flags = FlagNames.flags(of: command)
    let known = flags.map { String($0.drop { $0 == "-" }) }
    let name = PeerNames.spelled(option)
    if let note = note(name, command, known) { return note }
    let found = PeerNames.settings(option, among: known)
      .map(FlagNames.flag).filter(flags.contains)
    if found.isEmpty {
      return Spelling.nearest(to: name, among: known).map {
        "Did you mean '\(FlagNames.flag($0))'?"
      }
    }
    return "Did you mean \(found.map { "'\($0)'" }.joined(separator: " or "))?"
  }

  /// What has no flag of its own.
  private static func note(
    _ name: String, _ command: any ParsableCommand.Type, _ known: [String]
  ) -> String? {
    func has(_ words: String) -> Bool { words.split(separator: " ").contains(Substring(name)) }
    let call = "stipple \(command.configuration.commandName ?? "")"
    if has(
      "resume resume-from resume-from-checkpoint resume-checkpoint continue restart resume-kimg")
    {
      return "No option is needed to resume: run the same command again."
    }
    if has("device gpu gpus cuda accelerator nproc-per-node"), known.contains("threads") {
      return "Stipple computes on the CPU; '--threads' sets the number of threads."
    }
    if has("epochs num-epochs num-train-epochs n-epochs max-epochs epoch"), known.contains("steps")
    {
      return
        "Did you mean '--steps'? Set the length of training in steps, or with '--time'."
    }
    if has(
      """
      data data-dir dataset dataset-name train-data-dir data-path dataroot image-dir image-folder images \
      input input-dir i in-dir data-root train-dir folder
      """)
    {
      return "Images are positional arguments: see '\(call) --help'."
    }
    if !known.contains("preset"), !known.contains("model"),
      has(
        "ckpt checkpoint model model-path ckpt-path network net pretrained pretrained-model load weights-path model-dir run"
      ),
      !known.contains(name)
    {
      return "A checkpoint or run folder is a positional argument: '\(call) CHECKPOINT …'."
    }
    return nil
  }

  /// The command that is spelled most like a word, where that is near.
  private static func similar(_ name: String) -> String? {
    let names = StippleCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    return Spelling.nearest(to: name, among: names)
  }

  private static func command(_ arguments: [String]) -> (any ParsableCommand.Type)? {
    let names = arguments.filter { !$0.hasPrefix("-") }
    return StippleCommand.configuration.subcommands.first {
      $0.configuration.commandName == names.first
    }
  }

  private static func quoted(_ line: String, after mark: String) -> String? {
    guard let range = line.firstRange(of: mark) else { return nil }
    let rest = line[range.upperBound...]
    return rest.firstIndex(of: "'").map { String(rest[..<$0]) }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: Character) -> Substring {
    last == suffix ? dropLast() : self[...]
  }
}
