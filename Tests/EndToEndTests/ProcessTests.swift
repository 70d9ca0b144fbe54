import TestSupport
import Testing

/// What the running program looks like from the outside.
@Suite struct ProcessTests {
  @Test func `a running program is called stipple`() async throws {
    let folder = try TemporaryFolder()
    let run = try await ShellRun(
      """
      "$STIPPLE" benchmark --only sample --preset tiny --seconds 30 > /dev/null 2>&1 &
      for i in $(seq 100); do
        # Its threads are there when it computes.
        if [ "$(ls /proc/$!/task | wc -l)" -gt 1 ]; then break; fi
        sleep 0.1
      done
      cat /proc/$!/comm
      kill -9 $!
      """, in: folder.path)
    #expect(run.output.contains("stipple\n") && !run.output.contains("exe"), "\(run)")
  }
}
