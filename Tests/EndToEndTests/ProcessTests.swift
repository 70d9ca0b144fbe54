import TestSupport
import Testing

/// What the running program looks like from the outside.
@Suite struct ProcessTests {
  @Test func `a running program is called stipple`() async throws {
    let folder = try TemporaryFolder()
    let run = try await ShellRun(
      """
      unset OMP_WAIT_POLICY GOMP_SPINCOUNT
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

  /// libgomp shows with OMP_DISPLAY_ENV what it goes by.
  @Test(arguments: [
    ("", "1000"), ("GOMP_SPINCOUNT=77", "77"), ("OMP_WAIT_POLICY=active", "30000000000"),
  ])
  func `compute threads sleep soon, unless a user says otherwise`(
    _ own: String, _ spins: String
  ) async throws {
    let folder = try TemporaryFolder()
    let run = try await ShellRun(
      "env -i OMP_DISPLAY_ENV=verbose \(own) \"$STIPPLE\" --version", in: folder.path)
    #expect(run.output.contains("GOMP_SPINCOUNT = '\(spins)'"), "\(run)")
  }
}
