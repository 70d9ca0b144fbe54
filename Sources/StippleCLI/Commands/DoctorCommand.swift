import ArgumentParser
import Stipple
import SystemPackage

/// `stipple doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check this machine and an output folder.",
    usage: "stipple doctor [FOLDER] [options]",
    discussion: """
      Looks at processor, threads, memory, limits, MPI, installed models, and at the
      file system of FOLDER: free space, locks, renames. It leaves nothing there.

      Exit status: 0 with or without warnings, 1 with problems.
      """)

  @Argument(help: .text("Folder for results.", "FOLDER", default: "current folder"))
  var folder: FilePath = "."

  @OptionGroup(title: "Output") var output: JSONOption

  func run() throws {
    let diagnosis = Diagnosis(folder: folder)
    if output.json {
      try Console.result(diagnosis)
    } else {
      for line in diagnosis.lines { try Console.result(line) }
    }
    if diagnosis.count(.problem) > 0 { throw ExitCode(1) }
  }
}
