import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stipple watch`, and pictures on terminals.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
struct WatchTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
  }

  private static let train = """
    "$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --warmup 1
    """

  /// What a command writes to a terminal.
  private func terminal(_ environment: String, _ command: String) async throws -> ShellRun {
    try await ShellRun(
      #"script --quiet --return --command "$1" /dev/null < /dev/null"#,
      ["export \(environment); \(command)"], in: folder.path)
  }

  @Test func `a run is waited for and followed to its end, on no terminal in plain lines`()
    async throws
  {
    let run = try await ShellRun(
      """
      "$STIPPLE" watch run > watched 2>&1 &
      watcher=$!
      until grep -qs waiting watched; do sleep 0.05; done
      \(Self.train) --steps 8 --checkpoint-every 4 --sample-every 0 > /dev/null 2>&1
      wait $watcher
      echo "status $?" >> watched
      cat watched
      """, in: folder.path)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines.first == "run: waiting for the run to begin", "\(run)")
    #expect(lines.suffix(2) == ["run: the run is finished after 8 steps", "status 0"], "\(run)")
    #expect(!run.output.contains("\u{1b}") && !run.output.contains("images from:"), "\(run)")
    // A run that has ended is told of at once.
    let again = try await ProgramRun(["watch", "run", "--preview"], in: folder.path)
    #expect(again.status == 0 && again.output == "", "\(again)")
    #expect(
      again.errors.contains(
        #/^step 8 of 8, loss \d\.\d+(, validation loss \d\.\d+)?\nrun: the run is/#),
      "\(again)")
  }

  @Test
  func `a run that was killed, failed or deleted ends it with status 1, an interrupt with 130`()
    async throws
  {
    let run = try await ShellRun(
      """
      mkdir -p failed; t=2026-05-01T12:00:00Z
      printf "$t new run in failed\\n$t failed: no space\\n" > failed/log.txt
      "$STIPPLE" watch failed; echo "status $?"
      mkdir -p gone; printf "$t new run in gone\\n" > gone/log.txt
      printf "step,loss\\n3,0.5\\n" > gone/metrics.csv
      "$STIPPLE" watch gone 2> told & watching=$!
      until grep -qs "^step 3" told; do sleep 0.05; done
      rm -r gone; status=0; wait $watching || status=$?
      tail -n 1 told; echo "status $status"; rm told
      timeout -s INT 6 "$STIPPLE" watch nowhere; echo "status $?"
      ls
      """, in: folder.path)
    #expect(
      run.output == """
        Error: failed: the run has ended: no space
        status 1
        Error: gone: the run folder was deleted
        status 1
        nowhere: waiting for the run to begin
        status 124
        failed
        pictures

        """, "\(run)")
  }

  @Test(arguments: [
    ("TERM=xterm-kitty", "\u{1b}_Ga=T,f=100,q=2,"), ("TERM=foot", "\u{1b}P0;1q\"1;1;"),
    ("TERM=xterm TERM_PROGRAM=iTerm.app", "\u{1b}]1337;File=inline=1;"),
  ])
  func `sample sheets and grids are shown on terminals that can`(environment: String, start: String)
    async throws
  {
    let trained = try await terminal(
      environment, Self.train + " --steps 4 --sample-every 2 --preview")
    #expect(trained.status == 0, "\(trained.status)")
    #expect(trained.output.components(separatedBy: start).count == 3)
    let drawn = try await terminal(
      environment, "\"$STIPPLE\" generate run -o images -n 4 --steps 2 --preview")
    #expect(drawn.status == 0 && drawn.output.components(separatedBy: start).count == 2)
    let watched = try await terminal(environment, "\"$STIPPLE\" watch run --preview")
    #expect(watched.status == 0 && watched.output.components(separatedBy: start).count == 2)
  }

  @Test func `a terminal that shows none is told of once, and no terminal gets none`() async throws
  {
    let run = try await terminal(
      "TERM=xterm-256color; unset TERM_PROGRAM KITTY_WINDOW_ID LC_TERMINAL",
      Self.train + " --steps 4 --sample-every 2 --preview")
    #expect(run.status == 0)
    #expect(
      run.output.components(
        separatedBy: "--preview: this terminal does not say that it shows pictures; kitty, "
      ).count == 2, "\(run)")
    #expect(!run.output.contains("\u{1b}_G") && !run.output.contains("\u{1b}P"))
    let piped = try await ProgramRun(
      ["generate", "run", "-o", "images", "-n", "1", "--steps", "1", "--preview"], in: folder.path,
      environment: ["TERM": "xterm-kitty"])
    #expect(piped.status == 0 && !piped.errors.contains("\u{1b}"), "\(piped)")
    #expect(!piped.errors.contains("--preview"), "\(piped)")
  }

  @Test(arguments: [
    ("LC_ALL=C.UTF-8 NO_COLOR=", true, true), ("LC_ALL=C.UTF-8 NO_COLOR=1", true, false),
    ("LC_ALL=C", false, false),
  ])
  func `the progress line ends with memory and the course of the loss`(
    environment: String, isShown: Bool, isColored: Bool
  ) async throws {
    let run = try await terminal(
      "TERM=xterm \(environment); stty columns 150", Self.train + " --time 2s --sample-every 0")
    #expect(run.status == 0, "\(run)")
    #expect(run.output.contains(#/images/s, \d+ s left, [\d.]+ MB/#), "\(run)")
    #expect(run.output.contains(#/ MB ([^\n]{0,5})[▁-█]{2,12}/#) == isShown, "\(run)")
    #expect(run.output.contains("\u{1b}[36m") == isColored, "\(run)")
  }
}
