import TestSupport
import Testing

/// What the program says about itself and about wrong command lines.
@Suite struct HelpTests {
  @Test func `the version is one line on standard output`() async throws {
    let run = try await ProgramRun(["--version"])
    #expect(run.status == 0)
    #expect(run.output == "0.1.0\n")
    #expect(run.errors == "")
  }

  @Test func `an unknown command is wrong usage`() async throws {
    let run = try await ProgramRun(["trian"])
    #expect(run.status == 64)
    #expect(run.output == "")
    #expect(run.errors.contains("trian"))
  }
}
