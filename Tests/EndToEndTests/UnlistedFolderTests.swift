import Foundation
import SystemPackage
import TestSupport
import Testing

/// A folder below an input that the user may not list.
@Suite struct UnlistedFolderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["in", "in/secret", "clean"] { try TestImages.copyFlowers(4, to: folder / name) }
    chmod((folder / "in/secret").string, 0)
  }

  /// Runs a command without the right of root to list every folder.
  private func run(_ command: String, _ model: FilePath) async throws -> ShellRun {
    try await ShellRun(
      """
      run=$1
      [ "$(id -u)" != 0 ] || without=(setpriv --bounding-set=-all --inh-caps=-all)
      "${without[@]}" "$STIPPLE" \(command) 2>&1; echo "$?"
      """, [model.string], in: folder.path)
  }

  private static let commands = [
    "denoise --model $run in -o out --sigma 20", "generate $run -o out --from in --steps 2",
    "evaluate $run in --timesteps 2", "compare in clean", "compare clean in",
    "noise in -o out.h5 --timesteps 0",
    "train in -o out --preset tiny --size 16 --batch 2 --steps 2 --sample-every 0",
    "interpolate $run --between in clean -o out --frames 2 --steps 2",
  ]

  @Test(arguments: commands) func `is left out and told, and the rest is done`(command: String)
    async throws
  {
    let run = try await run(command, TrainedRun.shared.path)
    #expect(run.lastLine == "3", "\(run)")
    #expect(
      run.output.contains("left out: in/secret: could not be listed: Permission denied\n"), "\(run)"
    )
  }

  @Test(arguments: [
    "denoise --model $run in -o out --sigma 20 --strict",
    "noise in -o out.h5 --timesteps 0 --strict",
    "compare in clean --strict", "evaluate $run in --strict",
    "train in -o out --preset tiny --strict", "denoise --model $run in/secret -o out --sigma 20",
  ])
  func `ends a command that is to be strict, or that was given this folder itself`(command: String)
    async throws
  {
    let run = try await run(command, TrainedRun.shared.path)
    #expect(
      run.output.hasSuffix("Error: in/secret: could not be listed: Permission denied\n1\n"),
      "\(run)")
  }

  @Test(.enabled(if: getuid() == 0, "only root can become another user"))
  func `another user's folder is no empty one`() async throws {
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let run = try await ShellRun(
      """
      set -eu
      chmod 777 . in
      mkdir closed
      mv in/secret closed
      ln -s ../closed/secret in/secret
      other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
      "${other[@]}" test -x "$STIPPLE" || exit 0
      # fails STATUS TEXT COMMAND…
      fails() {
        local status=0
        "${other[@]}" "$STIPPLE" "${@:3}" > log 2>&1 || status=$?
        if [ "$status" != "$1" ] || ! grep -qF "$2" log; then echo "$status"; cat log; exit 1; fi
      }
      train=(train pictures -o run --preset tiny --size 16 --batch 4 --sample-every 0 --steps)
      "${other[@]}" "$STIPPLE" "${train[@]}" 2
      chown root run/checkpoints
      chmod 700 run/checkpoints
      fails 1 'run/checkpoints: could not be listed: Permission denied' "${train[@]}" 3
      fails 1 'run/checkpoints: could not be listed: Permission denied' inspect run
      chmod 755 run/checkpoints
      chmod 700 closed
      fails 3 'left out: in/secret: could not be looked for: Permission denied' \
        denoise --model run in -o out --sigma 20
      fails 1 'closed is not writable' \
        denoise --model run in -o closed/out --sigma 20
      chown -R 65534 run
      "${other[@]}" "$STIPPLE" "${train[@]}" 3 2>&1 | grep -F 'resuming from step-00000002.h5'
      """, in: folder.path)
    #expect(run.status == 0, "\(run)")
  }
}
