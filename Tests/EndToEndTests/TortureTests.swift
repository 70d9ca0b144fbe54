import SystemPackage
import TestSupport
import Testing

/// The short form of `tools/torture`.
@Suite struct TortureTests {
  @Test func `a few kills at random moments lose nothing`() async throws {
    let folder = try TemporaryFolder()
    let tool = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("tools/torture")
    let run = try await ShellRun(
      #"TMPDIR=$PWD exec "$1" 3 2 4 2"#, [tool.string], in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.lastLine == "torture: all is as it was", "\(run)")
  }
}
