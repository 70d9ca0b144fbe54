import Foundation
import SystemPackage
import TestSupport
import Testing

/// The progress line on a terminal.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
struct TerminalProgressTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
  }

  /// What a training of `time` writes to a terminal, after `preparation` there; `written` is a file
  /// that has it while it is being written.
  private func run(_ preparation: String, time: String, status: Int32) async throws -> String {
    let training = """
      exec "$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --warmup 1 \
        --sample-every 0 --checkpoint-every 1000000 --time \(time)
      """
    let run = try await ShellRun(
      #"script --quiet --flush --return --command "$1" written < /dev/null"#,
      [preparation + "\n" + training], in: folder.path)
    #expect(run.status == status, "\(run)")
    return run.output
  }

  @Test func `is cut to the terminal's width, also where that changes`() async throws {
    // The terminal becomes narrow when a line is there, and the training ends some lines later.
    let output = try await run(
      """
      stty columns 38
      until_written() { until [ "$(stat -c %s written)" -gt "$1" ]; do sleep 0.02; done; }
      (
        until grep -q "$(printf '\\033\\\\[K')" written; do sleep 0.02; done
        stty columns 21 < /dev/tty
        until_written $(($(stat -c %s written) + 150))
        kill -TERM $$
      ) &
      """, time: "5m", status: 143)
    // What stands behind each beginning of a line, up to what takes it away.
    let lines = output.split(separator: "\r\u{1b}[K").dropFirst().map { line in
      line.prefix { !$0.isNewline && $0 != "\r" }.count
    }
    let drawn = lines.dropLast()
    #expect(drawn.first == 37, "\(output)")
    #expect(drawn.last == 20, "\(output)")
    #expect(drawn.allSatisfy { $0 <= 37 }, "\(output)")
  }

  @Test func `is left to plain lines on a terminal that knows no escape sequences`() async throws {
    let output = try await run("export TERM=dumb", time: "1s", status: 0)
    #expect(!output.contains("\u{1b}"), "\(output)")
    #expect(output.contains("saved step-"), "\(output)")
  }
}
