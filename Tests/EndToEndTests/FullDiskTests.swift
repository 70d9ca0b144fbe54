import Foundation
import SystemPackage
import TestSupport
import Testing

/// Disks that fill, that may only be read, and folders that vanish, while the program works.
///
/// The disk is a small one in memory, `disk` in the script's folder, which nobody else sees.
@Suite(.serialized) struct FullDiskTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a script with a disk of its own, and what the scripts have in common.
  private func run(_ script: String) async throws -> ShellRun {
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let whole = try await TrainedRun.shared.path.string
    return try await ShellRun(
      #"exec unshare -rm bash -c "$1" bash "$2""#,
      [
        """
        set -eu
        mkdir disk
        mount -t tmpfs -o size=96m tmpfs disk
        run=$1
        # train FOLDER STEPS: in a shell of its own, whose place it takes, so that it gets the signals.
        train() {
          exec "$STIPPLE" train pictures -o "$1" --preset tiny --size 16 --batch 4 --warmup 5 \
            --lr-schedule constant --flip --sample-every 0 --checkpoint-every 10 --keep 1 --steps "$2" --time 3m 2>&1
        }
        # newest RUN: the step of its newest checkpoint.
        newest() {
          local name
          name=$(ls "$1/checkpoints" | sort | tail -n 1)
          name=${name%.h5}
          echo $((10#${name#step-}))
        }
        weights() { "$STIPPLE" inspect "$1" --json | grep '"fingerprint"'; }
        # until_there TEXT FILE [COUNT]: waits until it has the text in so many lines.
        until_there() {
          local tries=0
          # The program that writes the file may not have begun.
          touch "$2"
          until [ "$(grep -c "$1" "$2")" -ge "${3:-1}" ]; do
            sleep 0.02
            [ $((tries += 1)) -lt 9000 ] || { cat "$2"; exit 1; }
          done
        }
        # fill: takes all room there is, and all that becomes free, until the file `freed` is there.
        fill() { until [ -e freed ]; do cat /dev/zero >> disk/filler || true; done 2> /dev/null; }
        until_full() { until [ "$(stat -fc %a disk)" = 0 ]; do sleep 0.02; done; }
        # status COMMAND…: its exit status.
        status() { local status=0; "$@" || status=$?; echo "status $status"; }

        """ + script, whole,
      ], in: folder.path)
  }

  @Test(.enabled(if: OwnDisk.isPossible, OwnDisk.reason))
  func `training that meets a full disk goes on, and ends as if there had been room`() async throws
  {
    let run = try await run(
      """
      train disk/run 1000000 > log & training=$!
      until_there "saved step-" log
      # No more steps than needed: they are all made again, for comparison.
      kill -STOP $training
      fill & filling=$!
      until_full
      kill -CONT $training
      until_there "continues and retries" log
      kill -STOP $training
      touch freed; wait $filling; rm disk/filler
      "$STIPPLE" inspect --verify disk/run > /dev/null
      saved=$(grep -c "saved step-" log)
      kill -CONT $training
      until_there "saved step-" log $((saved + 1))
      kill -TERM $training
      status wait $training
      cat log
      (train whole "$(newest disk/run)" > /dev/null)
      cmp whole/metrics.csv disk/run/metrics.csv
      [ "$(weights whole)" = "$(weights disk/run)" ]
      [ -z "$(find disk -name '*.stipple-partial')" ]
      echo "the same"
      """)
    #expect(run.status == 0, "\(run)")
    #expect(run.output.contains("status 143\n"), "\(run)")
    #expect(
      run.output.contains(
        ": No space left on device; training continues and retries at the next checkpoint\n"),
      "\(run)")
    #expect(run.lastLine == "the same", "\(run)")
  }

  @Test(.enabled(if: OwnDisk.isPossible, OwnDisk.reason))
  func `a disk that stays full ends a run with its last good checkpoint`() async throws {
    let run = try await run(
      """
      train disk/run 1000000 > log & training=$!
      until_there "saved step-" log
      fill & filling=$!
      status wait $training
      touch freed; wait $filling
      tail -n 1 log
      "$STIPPLE" inspect --verify disk/run > /dev/null
      last=$(newest disk/run)
      grep -q "the newest is of step $last$" log
      # Not even the settings can be written now, and nothing is harmed.
      (train disk/run 1000001 > log) || tail -n 1 log
      rm disk/filler
      (train disk/run $((last + 1)) > /dev/null)
      echo "goes on"
      """)
    #expect(run.status == 0, "\(run)")
    #expect(run.output.hasPrefix("status 1\n"), "\(run)")
    #expect(
      run.output.contains(
        "Error: disk/run: stopped: 3 checkpoints in a row could not be written: disk/run/checkpoints"
      ), "\(run)")
    #expect(
      run.output.contains(
        "Error: disk/run/config.yaml: could not be written: No space left on device\n"), "\(run)")
    #expect(run.lastLine == "goes on", "\(run)")
  }

  /// A batch, how much room it first has, and what it says then.
  static let batches = [
    (
      "generate $run -o OUT/new -n 24 --steps 2 --batch 4 --grid OUT/grid.png", "32k",
      #"^Error: disk/new/0000[0-9]{2}\.png: could not be written: No space left on device$"#
    ),
    (
      "generate $run -o OUT/new -n 4 --steps 2 --batch 4 --trajectory OUT/t.h5", "96k",
      #"^Error: disk/(t\.h5: dataset x_t|new/0000[0-9]{2}\.png:) could not be written: "#
        + #"No space left on device$"#
    ),
    (
      "denoise --model $run pictures -o OUT/new --sigma 25", "32k",
      #"^Error: disk/new/0000[0-9]{2}\.png: could not be written: No space left on device$"#
    ),
    (
      "noise pictures -o OUT/new/n.h5 --timesteps every=500 --png OUT/png", "620k",
      #"^Error: disk/(png/.*\.png:|new/n\.h5: dataset .*) could not be written: "#
        + #"No space left on device$"#
    ),
    (
      "noise pictures -o OUT/new/n.h5 --timesteps 0 --type u8 --png OUT/png", "120k",
      #"^Error: disk/(png/0000[0-9]{2}\.png: |new/n\.h5: dataset .* )could not be written: "#
        + #"No space left on device$"#
    ),
    (
      "export $run -o OUT/new", "1m",
      #"^Error: disk/new/diffusion_pytorch_model\.safetensors: could not be written: "#
        + #"No space left on device$"#
    ),
  ]

  @Test(.enabled(if: OwnDisk.isPossible, OwnDisk.reason), arguments: batches)
  func `a batch that meets a full disk says so once, and is finished when there is room`(
    command: String, room: String, sentence: String
  ) async throws {
    let run = try await run(
      """
      batch() { "$STIPPLE" \(command.replacing("OUT", with: "$1")) 2>&1; }
      mkdir whole
      batch whole > /dev/null
      mount -o remount,size=\(room) disk
      status batch disk
      cd disk
      find . -type f | while IFS= read -r file; do cmp "$file" "../whole/$file"; done
      cd ..
      mount -o remount,size=96m disk
      batch disk > /dev/null
      diff -r whole disk
      echo "the same"
      """)
    #expect(run.status == 0, "\(run)")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 3, "\(run)")
    #expect(
      lines.first?.range(of: sentence, options: .regularExpression) != nil, "\(run)")
    #expect(lines.dropFirst() == ["status 1", "the same"], "\(run)")
  }

  @Test(.enabled(if: OwnDisk.isPossible, OwnDisk.reason))
  func `a disk that may only be read is named`() async throws {
    let run = try await run(
      """
      (train disk/run 2 > /dev/null)
      mount -o remount,ro disk
      train disk/run 4 | tail -n 1
      "$STIPPLE" train pictures -o disk/new 2>&1 | tail -n 1
      "$STIPPLE" generate disk/run -o disk/new 2>&1 | tail -n 1
      "$STIPPLE" denoise --model disk/run pictures -o disk/new --sigma 25 2>&1 | tail -n 1
      "$STIPPLE" noise pictures -o disk/new.h5 --timesteps 0 2>&1 | tail -n 1
      "$STIPPLE" export disk/run -o disk/new 2>&1 | tail -n 1
      "$STIPPLE" generate disk/run -o new -n 1 --steps 1 2>&1
      """)
    #expect(
      run.output == """
        Error: disk/run/metrics.csv: not written: the folder \(folder / "disk/run") is not writable
        Error: disk/new: not written: the folder \(folder / "disk") is not writable
        Error: disk/new: not written: the folder \(folder / "disk") is not writable
        Error: disk/new: not written: the folder \(folder / "disk") is not writable
        Error: disk/new.h5: not written: the folder \(folder / "disk") is not writable
        Error: disk/new: not written: the folder \(folder / "disk") is not writable
        1 image written to new

        """, "\(run)")
  }

  @Test func `a folder that vanishes on the way is named`() async throws {
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let whole = try await TrainedRun.shared.path.string
    let run = try await ShellRun(
      """
      until_there() { until [ -e "$1" ]; do sleep 0.02; done; }
      "$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --sample-every 0 \
        --checkpoint-every 5 --time 5m > log 2>&1 &
      until_there run/checkpoints/step-00000005.h5
      mv run gone
      wait $!; echo "status $?"
      grep -c "run/checkpoints/.*: could not be .*: No such file or directory" log
      grep -o "run: stopped: 3 checkpoints in a row could not be written" log
      "$STIPPLE" inspect --verify gone > /dev/null && echo "whole"

      "$STIPPLE" generate "$1" -o new -n 1000000 --steps 1 --batch 1 > log 2>&1 &
      until_there new/000003.png
      mv new old
      wait $!; echo "status $?"
      grep -Eo "new/[0-9]*.png: could not be [a-z ]*: No such file or directory" log | grep -o "No .*"
      """, [whole], in: folder.path)
    #expect(
      run.output == """
        status 1
        3
        run: stopped: 3 checkpoints in a row could not be written
        whole
        status 1
        No such file or directory

        """, "\(run)")
  }
}

/// Whether a process here may have a disk in memory of its own.
private enum OwnDisk {
  static let reason: Comment =
    "the system lets nobody mount a disk in memory: unshare -rm mount -t tmpfs tmpfs /mnt"

  static let isPossible: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "exec unshare -rm mount -t tmpfs -o size=64k tmpfs /mnt"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}
