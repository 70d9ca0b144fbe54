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

  /// What a training of three seconds writes to a terminal, after `preparation` there.
  private func run(_ preparation: String) async throws -> String {
    let training = """
      exec "$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --warmup 1 \
        --sample-every 0 --checkpoint-every 1000000 --time 3s
      """
    let run = try await ShellRun(
      #"script --quiet --return --command "$1" /dev/null < /dev/null"#,
      [preparation + "\n" + training], in: folder.path)
    #expect(run.status == 0, "\(run)")
    return run.output
  }

  @Test func `is cut to the terminal's width, also where that changes`() async throws {
    let output = try await run("stty columns 38; (sleep 1; stty columns 21 < /dev/tty) &")
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
    let output = try await run("export TERM=dumb")
    #expect(!output.contains("\u{1b}"), "\(output)")
    #expect(output.contains("saved step-"), "\(output)")
  }
}
