import TestSupport
import Testing

/// What the program says about itself and about wrong command lines.
@Suite struct HelpTests {
  /// The commands that `stipple --help` lists.
  private func commands() async throws -> [String] {
    let help = try await ProgramRun(["--help"])
    #expect(help.status == 0 && help.errors == "", "\(help)")
    let list = help.output.split(separator: "SUBCOMMANDS:").last ?? ""
    return list.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
      .filter { $0 != "See" }
  }

  @Test func `the version is one line on standard output`() async throws {
    let run = try await ProgramRun(["--version"])
    #expect(run.status == 0)
    #expect(run.output == "0.1.0\n")
    #expect(run.errors == "")
  }

  @Test func `every command has a help with all its options`() async throws {
    let commands = try await commands()
    #expect(
      Set(commands).isSuperset(of: [
        "train", "generate", "denoise", "evaluate", "noise", "inspect", "import", "export",
        "benchmark", "compare", "ema", "inpaint", "interpolate",
      ]))
    for command in commands {
      let run = try await ProgramRun([command, "--help"])
      #expect(run.status == 0 && run.errors == "", "\(run)")
      #expect(run.output.hasPrefix("OVERVIEW: "), "\(run)")
      #expect(run.output.contains("USAGE: stipple \(command)"), "\(run)")
    }
  }

  @Test func `a command that is told nothing is wrong usage`() async throws {
    for command in try await commands() where command != "benchmark" {
      let run = try await ProgramRun([command])
      #expect(run.status == 64, "\(run)")
      #expect(run.output == "", "\(run)")
      #expect(run.errors.hasPrefix("Error: Missing expected argument"), "\(run)")
    }
  }

  @Test(arguments: [["trian"], ["train", "pictures", "-o", "run", "--stepps", "3"]])
  func `what is misspelt is wrong usage`(_ arguments: [String]) async throws {
    let run = try await ProgramRun(arguments)
    #expect(run.status == 64, "\(run)")
    #expect(run.output == "", "\(run)")
    #expect(run.errors.contains("trian") || run.errors.contains("--stepps"), "\(run)")
  }

  @Test func `the presets are listed with their sizes`() async throws {
    let run = try await ProgramRun(["train", "--help"])
    for line in [
      "small    64-128-128       4.44   million parameters",
      "ddpm     128-256-256-256  35.75  million parameters",
    ] {
      #expect(run.output.contains(line))
    }
  }
}
