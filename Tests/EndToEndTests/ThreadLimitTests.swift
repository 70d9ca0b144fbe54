import Foundation
import SystemPackage
import TestSupport
import Testing

/// A system that lets the program have few threads or none beside its own (RLIMIT_NPROC, which root's
/// processes do not know; the `pids.max` of a container answers the same).
@Suite struct ThreadLimitTests {
  /// Commands that write to `out`, whose bytes do not depend on the number of threads.
  private static let commands = [
    "generate $run -o out -n 3 --steps 2 --seed 4",
    "generate $run -o out --from pictures --steps 2",
    "denoise --model $run pictures -o out --add-noise 20 --noisy noisy.h5",
    "noise pictures -o out/n.h5 --timesteps 0,500",
    "interpolate $run -o out --seeds 1 2 --frames 3 --steps 2",
  ]

  @Test(arguments: commands, [1, 2, 4])
  func `work goes on with the threads there are, to the same bytes`(
    _ command: String, _ threads: Int
  ) async throws {
    let folder = try TemporaryFolder()
    let free = try await limited(to: nil, command, in: folder)
    try #require(free.status == 0, "\(free)")
    let expected = try files(below: folder / "out")
    #expect(!expected.isEmpty)
    let run = try await limited(to: threads, command, in: folder)
    if run.output.contains("cannot run as another user") { return print(run.lastLine) }
    #expect(run.status == 0, "\(run)")
    #expect(try files(below: folder / "out") == expected)
  }

  @Test(arguments: [
    "train pictures -o out --preset tiny --batch 4 --steps 3", "compare pictures pictures",
    "evaluate $run pictures --timesteps 2", "benchmark --only sample --preset tiny --seconds 0.1",
    "benchmark --only png --seconds 0.1",
  ])
  func `commands that compute come to their end without a thread`(_ command: String) async throws {
    let folder = try TemporaryFolder()
    let run = try await limited(to: 1, command, in: folder)
    if run.output.contains("cannot run as another user") { return print(run.lastLine) }
    #expect(run.status == 0, "\(run)")
  }

  /// Runs a command anew beside eight pictures, where `threads` says so as a user who may have no more.
  private func limited(
    to threads: Int?, _ command: String, in folder: TemporaryFolder
  ) async throws -> ShellRun {
    let trained = try await TrainedRun.shared
    if !FileManager.default.fileExists(atPath: (folder / "pictures").string) {
      try TestImages.copyFlowers(8, to: folder / "pictures")
    }
    return try await ShellRun(
      """
      rm -rf out run noisy.h5; mkdir -p out; cp -r "$1" run
      chmod -R a+rwX .
      if [ -n "$2" ]; then
        [ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
        if ! "${as[@]}" test -x "$STIPPLE" -a -r pictures/000000.png; then
          echo "skipped: cannot run as another user here"; exit 1
        fi
        as+=(prlimit --nproc="$2")
      fi
      run=run
      exec timeout 120 "${as[@]}" "$STIPPLE" \(command)
      """, [trained.path.string, threads.map(String.init) ?? ""], in: folder.path)
  }
}
