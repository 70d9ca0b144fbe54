import Foundation
import SystemPackage
import TestSupport
import Testing

/// Allocations that fail while the program is at work (`ulimit -v`).
@Suite struct MemoryShortageTests {
  /// Kilobytes of address space from where the program begins to start to where it has enough.
  private static let limits = Array(stride(from: 150_000, through: 450_000, by: 30_000))

  @Test(arguments: [
    "train pictures -o out --preset tiny --batch 8 --steps 3",
    "generate $run -o out -n 8 --steps 3 --seed 4",
    "denoise --model $run pictures -o out --sigma 20",
    "noise pictures -o out.h5", "compare pictures pictures",
    "evaluate $run pictures --timesteps 2", "inspect $run",
  ])
  func `end with a sentence at whatever moment they fail, and the same command goes on`(
    _ command: String
  ) async throws {
    let trained = try await TrainedRun.shared
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let run = try await ShellRun(
      """
      run=$1; shift
      for limit in "$@" unlimited; do
        (ulimit -v $limit; "$STIPPLE" \(command) > log 2>&1)
        status=$?
        # 127: the loader itself has no room for the libraries.
        if [ $status = 127 ]; then continue; fi
        if [ $status = 0 ] || { [ $status = 1 ] && grep -q "^Error: .*memory" log; }; then continue; fi
        echo "limit $limit: ended with $status"; cat log
      done
      echo "last: $status"
      """, [trained.path.string] + Self.limits.map(String.init), in: folder.path)
    #expect(run.output == "last: 0\n", "\(run)")
  }

  @Test func `while training, the steps so far are saved`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let run = try await ShellRun(
      """
      "$STIPPLE" train pictures -o run --preset tiny --batch 8 --steps 2000 \\
        --sample-every 0 --checkpoint-every 500 > log 2>&1 &
      # Steps are made when they have rows.
      until grep -qs '^1,' run/metrics.csv || ! kill -0 $!; do sleep 0.05; done
      # Not a byte more than there is: the first checkpoint wants some.
      prlimit --pid $! --as=$(($(awk '/VmSize/ { print $2 }' /proc/$!/status) * 1024))
      wait $!; echo "status $?"
      tail -n 2 log; "$STIPPLE" inspect run > /dev/null
      """, in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.output.hasPrefix("status 1\nstopped after "), "\(run)")
    #expect(run.output.contains("Error: out of memory: the work was ended early"), "\(run)")
  }
}
