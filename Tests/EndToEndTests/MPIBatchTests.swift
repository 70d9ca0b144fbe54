import Foundation
import SystemPackage
import TestSupport
import Testing

/// Commands whose images several processes share, under Open MPI's launcher, where it is installed.
@Suite(.needsOpenMPI)
struct MPIBatchTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(7, to: folder / "pictures")
    try Data("no image".utf8).write(to: URL(filePath: (folder / "pictures/torn.png").string))
  }

  /// Runs a script that has `all COMMAND…`, which runs a command by one process in the folder `one` and by three
  /// in the folder `many`, and tells where status or text differ.
  private func run(_ script: String) async throws -> ShellRun {
    try await ShellRun(
      """
      set -u
      model="\(try await TrainedRun.shared.path)"
      mpi() { timeout 120 mpirun.openmpi --allow-run-as-root --oversubscribe --bind-to none -n 3 "$@"; }
      mkdir one many
      all() {
        (cd one; "$STIPPLE" "$@" > out 2> log; echo "$?" > status)
        (cd many; mpi "$STIPPLE" "$@" > out 2> log; echo "$?" > status)
        cmp one/status many/status; cmp one/out many/out
        grep -qF '3 processes (Open MPI' many/log || echo "not shared: $*"
        # Which rank leaves an image out first, and what mpirun adds, are of no matter.
        for folder in one many; do
          grep -aE 'images? |frames? |^left out' $folder/log | sort > $folder/told; rm $folder/log; done
        diff one/told many/told
      }
      \(script)
      diff -r one many && echo same
      """, in: folder.path)
  }

  @Test func `results are those of one process`() async throws {
    let shell = try await run(
      """
      all generate "$model" -o new -n 7 --steps 4 --batch 4 --grid grid.png --animation film.png --json
      all generate "$model" -o drawn --from ../pictures -n 2 --steps 3
      all interpolate "$model" -o frames --seeds 1 2 --frames 5 --steps 3
      all denoise --model "$model" ../pictures -o clean --sigma 20 --json
      all noise ../pictures -o noise.h5 --timesteps 0,500,999 --png noisy --fit resize --size 16
      """)
    #expect(shell.output == "same\n" && shell.status == 0, "\(shell)")
    #expect(try names(in: folder / "many/clean").count == 7)
  }

  @Test func `figures are those of one process`() async throws {
    let shell = try await run(
      """
      all evaluate "$model" ../pictures --timesteps 5 --csv curve.csv
      all compare ../pictures ../pictures --size 16 --pairs pairs.png --neighbors near.csv
      """)
    #expect(shell.output == "same\n" && shell.status == 0, "\(shell)")
  }

  @Test func `processes with other settings or commands are refused`() async throws {
    let shell = try await ShellRun(
      """
      set -u
      model="\(try await TrainedRun.shared.path)"
      both() { timeout 120 mpirun.openmpi --allow-run-as-root --oversubscribe --bind-to none "$@" 2> log
        echo "$?"; grep -a '^[^ ]*Error' log; }
      common="$STIPPLE generate $model -n 3 --steps 2"
      both -n 1 $common -o new --seed 1 --threads 2 : -n 1 $common -o new --seed 2 --threads=1
      both -n 1 $common -o new : -n 1 "$STIPPLE" noise pictures -o new.h5
      [ -e new ] || [ -e new.h5 ] || echo nothing
      both -n 1 $common -o new --threads 2 : -n 1 $common --threads=1 -o new
      """, in: folder.path)
    #expect(
      shell.output == """
        1
        Error: MPI: rank 1 has other settings than rank 0; all processes need the same
        1
        Error: MPI: rank 1 runs another command than rank 0, which runs generate; all processes need \
        the same
        nothing
        0

        """, "\(shell)")
  }

  @Test func `a signal ends all, and the same command goes on`() async throws {
    let shell = try await ShellRun(
      """
      set -u
      model="\(try await TrainedRun.shared.path)"
      mpi() { exec timeout 120 mpirun.openmpi --allow-run-as-root --oversubscribe --bind-to none -n 2 "$@"; }
      rm pictures/torn.png
      (mpi "$STIPPLE" generate "$model" -o new -n 100000 --steps 50 --batch 2 2> log) &
      until [ -e new/000004.png ] || ! kill -0 $!; do sleep 0.02; done
      # The launcher below `timeout` passes it on to all.
      kill -USR1 "$(pgrep -P $!)"
      wait $!; status=$?
      [ $status = 138 ] || echo "status $status"
      grep -qE '^[0-9]+ images written to new$' log || cat log
      count=$(ls new | wc -l)
      (mpi "$STIPPLE" generate "$model" -o new -n "$((count + 1))" --steps 50 --batch 2 2> log); echo "$?"
      "$STIPPLE" generate "$model" -o alone -n "$((count + 1))" --steps 50 2> log2
      diff -r new alone && echo same
      """, in: folder.path)
    #expect(shell.output == "0\nsame\n", "\(shell)")
  }
}
