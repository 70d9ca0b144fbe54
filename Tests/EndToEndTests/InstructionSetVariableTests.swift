import TestSupport
import Testing

/// The environment variable `STIPPLE_ISA`.
@Suite struct InstructionSetVariableTests {
  private func run(_ set: String, _ arguments: String) async throws -> ShellRun {
    let folder = try TemporaryFolder()
    return try await ShellRun("STIPPLE_ISA=$1 \"$STIPPLE\" $2", [set, arguments], in: folder.path)
  }

  @Test func `a lower instruction set is computed on`() async throws {
    let run = try await run(
      "sse2", "benchmark --only sample --preset tiny --batch 1 --size 8 --seconds 0.1 --verbose")
    #expect(run.status == 0, "\(run)")
    #expect(!run.output.contains("avx"), "\(run)")
  }

  @Test(arguments: ["benchmark --only noise --seconds 0.1", "inspect nothing.h5"])
  func `an unknown one is an error that names what can be`(_ arguments: String) async throws {
    let run = try await run("mmx", arguments)
    #expect(run.status == 1, "\(run)")
    #expect(
      run.output.hasPrefix(
        "Error: STIPPLE_ISA: mmx is not an instruction set of this CPU; choose from sse2"), "\(run)"
    )
  }
}
