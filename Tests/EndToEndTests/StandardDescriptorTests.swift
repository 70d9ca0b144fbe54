import Foundation
import SystemPackage
import TestSupport
import Testing

/// Standard input, output and error that are closed, full, or slow.
@Suite struct StandardDescriptorTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
  }

  @Test(arguments: ["<&- >&- 2>&-", "2>&-", ">&-", "<&-", "<&- 2>&-"])
  func `that are closed never get a file's number, so that nothing lands in it`(closed: String)
    async throws
  {
    // The broken image has every command say something.
    try Data("no image".utf8).write(to: URL(filePath: (folder / "pictures/bad.png").string))
    let run = try await ShellRun(
      """
      closed() { "$STIPPLE" "$@" \(closed); echo "$1 $?"; }
      closed train pictures -o run --preset tiny --size 16 --batch 4 --warmup 1 --steps 12 \
        --checkpoint-every 4 --sample-every 4
      closed noise pictures -o n.h5 --timesteps 0,10 --png noised
      closed generate run -o new -n 2 --steps 2 --trajectory t.h5
      closed denoise --model run pictures -o clean --sigma 20
      cut -d , -f 1 run/metrics.csv | tr '\\n' ' '; echo
      for file in run/checkpoints/*.h5 n.h5 t.h5 clean/000000.png new/000001.png; do
        "$STIPPLE" inspect --verify "$file" > /dev/null; echo "$file $?"
      done
      grep -c "left out" run/metrics.csv run/performance.csv run/config.yaml n.h5
      """, in: folder.path)
    #expect(
      run.output.hasSuffix(
        """
        step 1 2 3 4 5 6 7 8 9 10 11 12 \n\
        run/checkpoints/step-00000004.h5 0
        run/checkpoints/step-00000008.h5 0
        run/checkpoints/step-00000012.h5 0
        n.h5 0
        t.h5 0
        clean/000000.png 0
        new/000001.png 0
        run/metrics.csv:0
        run/performance.csv:0
        run/config.yaml:0
        n.h5:0

        """), "\(run)")
    for line in ["train 3", "noise 3", "generate 0", "denoise 3"] {
      #expect(run.output.contains("\(line)\n"), "\(run)")
    }
  }

  /// Commands that print a result, of every kind.
  private static let results = [
    "--help", "--version", "train --help", "help denoise", "--generate-completion-script bash",
    "inspect $run", "inspect $run --json", "compare pictures pictures",
    "compare pictures pictures --json", "evaluate $run pictures --timesteps 2",
    "generate $run -o new -n 1 --steps 1 --json",
    "denoise --model $run pictures -o clean --sigma 9 --json",
    "noise pictures -o n.h5 --timesteps 0 --json",
    "denoise --model $run pictures --dry-run -o x --json",
    "export $run -o exported --overwrite --json",
  ]

  @Test(arguments: results) func `that take no result end the command with status 1`(
    command: String
  ) async throws {
    let model = try await TrainedRun.shared.path.string
    let run = try await ShellRun(
      """
      run=$1
      "$STIPPLE" \(command) > /dev/full; echo "full $?"
      "$STIPPLE" \(command) >&-; echo "closed $?"
      """, [model], in: folder.path)
    #expect(
      run.output.contains(
        "Error: standard output: could not be written: No space left on device\nfull 1\n"),
      "\(run)")
    #expect(
      run.output.contains(
        "Error: standard output: could not be written: Bad file descriptor\nclosed 1\n"), "\(run)")
  }

  @Test
  func `that are a pipe whose reader has gone end work with status 1, and other commands quietly`()
    async throws
  {
    let model = try await TrainedRun.shared.path.string
    let run = try await ShellRun(
      """
      "$STIPPLE" generate "$1" -o new -n 1 --steps 1 --json | true; echo "${PIPESTATUS[0]}"
      (sleep 1; exec "$STIPPLE" --help) | true; echo "${PIPESTATUS[0]}"
      """, [model], in: folder.path)
    #expect(
      run.output == """
        1 image written to new
        Error: standard output: could not be written: Broken pipe
        1
        141

        """, "\(run)")
  }

  @Test func `that are a full pipe which does not make a writer wait are waited for`() async throws
  {
    let command = ["inspect", try await TrainedRun.shared.path.string, "--json"]
    let whole = try await ProgramRun(command, in: folder.path)
    let pipe = Pipe()
    let writing = pipe.fileHandleForWriting
    #expect(fcntl(writing.fileDescriptor, F_SETFL, O_NONBLOCK) == 0)
    #if os(Linux)
      let setPipeSize: Int32 = 1031
      #expect(fcntl(writing.fileDescriptor, setPipeSize, 4096) == 4096)
    #endif
    let process = Process()
    process.executableURL = URL(filePath: try ProgramRun.program().string)
    process.arguments = command
    process.standardOutput = writing
    try ProgramRun.withoutBlockedSignals { try process.run() }
    try writing.close()
    // The program fills the pipe before anybody reads.
    try await Task.sleep(for: .milliseconds(500))
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: output, as: UTF8.self) == whole.output)
    #expect(output.count > 8192)
  }
}
