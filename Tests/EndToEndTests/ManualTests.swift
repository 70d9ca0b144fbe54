import Foundation
import TestSupport
import Testing

/// The pages of the manual, which packages are made with.
@Suite struct ManualTests {
  private static let commands = [
    "train", "distill", "report", "ema", "generate", "inpaint", "interpolate", "denoise",
    "evaluate", "compare", "benchmark", "doctor", "noise", "inspect", "models", "import", "export",
  ]
  private static let requests = ["TH", "SH", "SS", "TP", "PP", "B", "nf", "fi"]

  /// The requests of a page: [("SH", "NAME"), …].
  private func requests(of page: String) -> [(name: String, rest: String)] {
    page.split(separator: "\n").filter { $0.hasPrefix(".") || $0.hasPrefix("'") }.map { line in
      let parts = line.dropFirst().split(separator: " ", maxSplits: 1)
      return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  @Test(arguments: commands)
  func `a command's page has all that its help has`(_ command: String) async throws {
    let run = try await ProgramRun(["manual", command])
    #expect(run.status == 0 && run.errors == "", "\(run)")
    let found = requests(of: run.output)
    for (name, _) in found { #expect(Self.requests.contains(name), "\(name)") }
    let sections = found.filter { $0.name == "SH" }.map(\.rest)
    #expect(sections.starts(with: ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"]), "\(sections)")
    #expect(run.output.hasPrefix(".TH STIPPLE\\-\(command.uppercased()) 1 "))
    #expect(run.output.contains(".SH NAME\nstipple\\-\(command) \\- "), "\(run)")
    // Every word of the help, whatever stands around it.
    let plain = run.output.replacing(/\\f[BIR]/, with: "").replacing("\\-", with: "-")
      .replacing("\\ ", with: " ")
    let help = try await ProgramRun([command, "--help"]).output
    for line in help.split(separator: "\n").dropFirst(2) where !line.hasPrefix("Exit status") {
      for word in line.split(separator: " ") where line != line.uppercased() {
        #expect(plain.contains(word), "\(word) of \(line)")
      }
    }
  }

  @Test func `the program's page names all commands and the environment`() async throws {
    let run = try await ProgramRun(["manual"])
    #expect(run.status == 0 && run.errors == "", "\(run)")
    for command in Self.commands {
      #expect(run.output.contains("\n\\fBstipple\\-\(command)\\fR(1)\n"), "\(command)")
    }
    for section in ["COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT"] {
      #expect(run.output.contains("\n.SH \(section)\n"), "\(section)")
    }
    #expect(!(try await ProgramRun(["--help"]).output.contains("manual")))
  }

  @Test func `there is no page of what is no command`() async throws {
    let run = try await ProgramRun(["manual", "trian"])
    #expect(run.status == 64 && run.output == "", "\(run)")
    #expect(run.errors.contains("there is no command trian"), "\(run)")
  }
}
