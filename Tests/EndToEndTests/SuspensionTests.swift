import Foundation
import SystemPackage
import TestSupport
import Testing

/// A process that is stopped for a while (Ctrl-Z, SIGSTOP).
@Suite struct SuspensionTests {
  private struct Outcome: Decodable {
    struct Train: Decodable {
      let step: Int
      let seconds: Double
    }

    let train: Train
  }

  @Test func `a time to train for does not run while the process is stopped`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
    let run = try await ShellRun(
      """
      "$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --warmup 1 --sample-every 0 \
        --checkpoint-every 1000000 --time 3s --json > result 2> log & training=$!
      until [ -e run/metrics.csv ]; do sleep 0.02; done
      kill -STOP $training
      sleep 4
      kill -CONT $training
      # The run has not ended: it still can be stopped and continued.
      sleep 0.5
      kill -STOP $training && echo "still there"
      sleep 1.5
      kill -CONT $training
      wait $training; echo "$?"
      """, in: folder.path)
    #expect(run.output == "still there\n0\n", "\(run)")
    let outcome = try JSONDecoder().decode(Outcome.self, from: contents(folder / "result")).train
    // The run ends with the step in which its time is over.
    #expect(outcome.seconds >= 3 && outcome.seconds < 4.5, "\(outcome)")
  }
}
