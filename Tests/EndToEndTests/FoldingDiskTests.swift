import Foundation
import SystemPackage
import TestSupport
import Testing

/// A disk that does not tell `A.png` from `a.png`, refuses names with `:`, and has neither hard links nor
/// permissions: FAT or exFAT.
@Suite(.serialized, .enabled(if: FoldingDisk.isPossible, FoldingDisk.reason))
struct FoldingDiskTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a script in the folder of the disk, with a trained run as `$run`.
  private func run(_ script: String) async throws -> ShellRun {
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let run = try await TrainedRun.shared.path.string
    return try await ShellRun(
      FoldingDisk.script,
      [
        """
        run=$2
        top=$(dirname "$PWD")
        pictures=$top/pictures
        # fails STATUS TEXT COMMAND…
        fails() {
          local status=0
          "${@:3}" > log 2>&1 || status=$?
          if [ "$status" != "$1" ] || ! grep -qF "$2" log; then cat log; exit 1; fi
        }

        """ + script, run,
      ], in: folder.path)
  }

  @Test func `inputs whose results would be one file are refused before any work`() async throws {
    let shell = try await run(
      """
      mkdir -p "$top/in/d" "$top/in/D"
      cp "$pictures/000000.png" "$top/in/A.png"
      cp "$pictures/000001.png" "$top/in/a.png"
      fails 1 'does not tell A.png from a.png' "$STIPPLE" denoise --model "$run" "$top/in" -o out --sigma 25
      [ ! -e out ]
      rm "$top/in/a.png"
      cp "$pictures/000002.png" "$top/in/d/1.png"
      cp "$pictures/000003.png" "$top/in/D/1.PNG"
      fails 1 'does not tell D/1.PNG from d/1.png' \
        "$STIPPLE" generate "$run" --from "$top/in" -o out --strength 0.5 --steps 2
      fails 1 'does not tell D/1.PNG from d/1.png' \
        "$STIPPLE" noise "$top/in" -o n.h5 --timesteps 10 --png out
      # The disk of the results counts, and folders that differ are as they were.
      rm "$top/in/D/1.PNG"
      cp "$pictures/000003.png" "$top/in/D/2.png"
      "$STIPPLE" denoise --model "$run" "$top/in" -o out --sigma 25
      [ "$(find out -type f | wc -l)" = 3 ]
      [ -z "$(find . -name '.*stipple*')" ]
      """)
    #expect(shell.status == 0, "\(shell)")
  }

  @Test func `outputs and inputs that are one folder are refused`() async throws {
    let shell = try await run(
      """
      fails 1 'it is both -o and --noisy' \
        "$STIPPLE" denoise --model "$run" "$pictures" -o Out --noisy out --sigma 25 --add-noise 25
      cp -r "$pictures" pictures
      fails 1 'is both input and output' \
        "$STIPPLE" denoise --model "$run" pictures -o PICTURES --sigma 25 --overwrite
      diff -r "$pictures" pictures
      # Results in a folder of the images are no images.
      for folder in Results results; do
        "$STIPPLE" denoise --model "$run" pictures -o "pictures/$folder" --sigma 25
      done 2> log
      tail -n 1 log | grep -qF '0 images written to pictures/results, 16 skipped (already exist)' || { cat log; exit 1; }
      """)
    #expect(shell.status == 0, "\(shell)")
  }

  @Test func `images whose names the disk refuses are left out and told of`() async throws {
    let shell = try await run(
      """
      mv "$pictures/000001.png" "$pictures/one: two?.png"
      mkdir "$pictures/a|b"
      mv "$pictures/000002.png" "$pictures/a|b/000002.png"
      for command in "denoise --model $run PICTURES -o denoised --sigma 25" \
        "generate $run --from PICTURES -o varied --strength 0.5 --steps 2" \
        "noise PICTURES -o n.h5 --timesteps 10 --png noised"
      do
        read -ra words <<< "$command"
        fails 3 'one: two?.png: cannot have a result in ' "$STIPPLE" "${words[@]/PICTURES/$pictures}"
        grep -qF 'does not allow the name a|b' log
      done
      [ "$(ls denoised | wc -l)" = 14 ]
      [ "$(ls varied | wc -l)" = 14 ]
      [ "$(ls noised | wc -l)" = 14 ]
      fails 3 'one: two?.png: cannot have a result in ' "$STIPPLE" interpolate "$run" \
        --between "$pictures" "$pictures" -o between --frames 2 --steps 2
      [ "$(ls between | wc -l)" = 14 ]
      fails 1 'one: two?.png: cannot have a result in ' "$STIPPLE" interpolate "$run" \
        --between "$pictures/one: two?.png" "$pictures/000003.png" -o one --frames 2 --steps 2
      # An HDF5 file alone has no such names.
      "$STIPPLE" noise "$pictures" -o all.h5 --timesteps 10
      """)
    #expect(shell.status == 0, "\(shell)")
  }

  @Test func `training and noise go on there after a kill`() async throws {
    let shell = try await run(
      """
      train=(train "$pictures" -o trained --preset tiny --size 16 --batch 4 --sample-every 0 \
        --checkpoint-every 2 --keep 1 --steps)
      "$STIPPLE" "${train[@]}" 10000 2> log & program=$!
      until [ -e trained/checkpoints/step-00000004.h5 ] || ! kill -0 $program; do sleep 0.01; done
      kill -KILL $program
      wait $program || true
      newest=$(ls trained/checkpoints | tail -n 1)
      newest=${newest#step-}
      "$STIPPLE" "${train[@]}" $((10#${newest%.h5} + 2)) 2> log
      grep -qF 'resuming from step-' log || { cat log; exit 1; }
      "$STIPPLE" inspect trained --verify > log
      noise=("$pictures" --timesteps every=10 --size 32 --fit resize)
      "$STIPPLE" noise "${noise[@]}" -o whole.h5 2> log
      "$STIPPLE" noise "${noise[@]}" -o n.h5 2> log & program=$!
      until ls -A | grep -qE 'unfinished|^n.h5' || ! kill -0 $program; do sleep 0.002; done
      kill -KILL $program
      wait $program || true
      "$STIPPLE" noise "${noise[@]}" -o n.h5 2> log
      cmp n.h5 whole.h5
      [ -z "$(find . -name '.*stipple*')" ]
      """)
    #expect(shell.status == 0, "\(shell)")
  }
}

/// Whether a disk with FAT or exFAT can be made here.
enum FoldingDisk {
  static let reason: Comment =
    "the kernel mounts neither vfat nor exFAT here, as modules, by loop or by FUSE"

  /// Runs `$1` in a folder of such a disk, which nobody else sees.
  static let script = #"""
    exec unshare -m --propagation private bash -c '
      set -eu
      export PATH=$PATH:/usr/sbin:/sbin
      mkdir disk
      truncate -s 256M image
      {
        mkfs.vfat image && mount -o loop -t vfat image disk           || mkfs.exfat image && mount -o loop -t exfat image disk           || mkfs.exfat image && loop=$(losetup -f --show image) && mount.exfat-fuse "$loop" disk
      } > mounting 2>&1 || { cat mounting; exit 77; }
      trap "cd / && umount "$PWD/disk"; losetup -d "${loop:-none}" 2> /dev/null || true" EXIT
      cd disk
      eval "$1"
    ' bash "$@"
    """#

  static let isPossible: Bool = {
    guard let folder = try? TemporaryFolder() else { return false }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script, "bash", "true"]
    process.currentDirectoryURL = URL(filePath: folder.path.string)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? ProgramRun.withoutBlockedSignals { try process.run() }) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}
