import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stipple doctor` from the outside.
@Suite struct DoctorTests {
  @Test func `a folder that can be written to has no problems and keeps nothing of the check`()
    async throws
  {
    let folder = try TemporaryFolder()
    let run = try await ProgramRun(["doctor", folder.path.string])
    #expect(run.status == 0 && run.errors == "", "\(run)")
    let lines = run.output.split(separator: "\n").map(String.init)
    for name in ["processor", "threads", "memory", "open files", "MPI", "disk", "models"] {
      #expect(lines.contains { $0.dropFirst(9).hasPrefix("\(name)  ") }, "\(name) in \(run)")
    }
    #expect(lines.contains { $0.hasPrefix("ok       folder") && $0.contains(folder.path.string) })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path.string) == [])
  }

  @Test func `each finding that is not good has advice, and problems are the exit status`()
    async throws
  {
    let folder = try TemporaryFolder()
    try Data().write(to: URL(filePath: (folder / "file").string))
    for (command, words) in [
      ("doctor missing", "missing: not a folder"), ("doctor file", "file: not a folder"),
      ("doctor /proc", "/proc: no file can be written here: "),
    ] {
      let run = try await ShellRun("\"$STIPPLE\" \(command)", in: folder.path)
      #expect(run.status == 1, "\(run)")
      #expect(run.output.contains("problem  folder      \(words)"), "\(run)")
      #expect(run.output.contains("\n\n1 problem"), "\(run)")
    }
  }

  @Test func `limits of the environment are warnings with a way out`() async throws {
    let folder = try TemporaryFolder()
    let run = try await ShellRun(
      "STIPPLE_ISA=$1 STIPPLE_DATA= \"$STIPPLE\" doctor --json; ulimit -n 64; \"$STIPPLE\" doctor",
      [Tools.leastInstructionSet], in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.output.contains("instruction set \(Tools.leastInstructionSet)"), "\(run)")
    #expect(run.output.contains("unset STIPPLE_ISA"), "\(run)")
    #expect(run.output.contains("warning  open files  up to 64\n"), "\(run)")
    #expect(run.output.contains("ulimit -n 1024"), "\(run)")
  }
}
