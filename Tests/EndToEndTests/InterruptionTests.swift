import Foundation
import SystemPackage
import TestSupport
import Testing

/// Signals, limits and a second process, as they come from outside.
@Suite struct InterruptionTests {
  @Test(arguments: [(SIGTERM, 143), (SIGUSR1, 138), (SIGHUP, 129)] as [(Int32, Int32)])
  func `a signal that asks for an end gets it, with everything saved`(signal: Int32, status: Int32)
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let stopped = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 100_000, "--size", "16"), in: folder.path,
      interruption: .init(signal, whenExists: folder / "run/metrics.csv"))
    #expect(stopped.status == status, "\(stopped)")
    #expect(stopped.lastError.hasSuffix(" steps; the same command goes on"), "\(stopped)")
    #expect(try names(in: folder / "run/checkpoints").count == 1)
  }

  @Test func `a second process is refused with the owner's number`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let command = TrainedRun.train("pictures", "run", steps: 100_000, "--size", "16")
    let first = Process()
    first.executableURL = URL(filePath: try ProgramRun.program().string)
    first.arguments = command
    first.currentDirectoryURL = URL(filePath: folder.path.string)
    first.standardError = FileHandle.nullDevice
    try first.run()
    while !FileManager.default.fileExists(atPath: (folder / "run/metrics.csv").string) {
      try await Task.sleep(for: .milliseconds(10))
    }
    let second = try await ProgramRun(command, in: folder.path)
    #expect(second.status == 1, "\(second)")
    #expect(
      second.lastError.hasPrefix(
        "Error: run: is being trained by process \(first.processIdentifier) on "), "\(second)")

    // Killed, it leaves no lock behind.
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    let third = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 1, "--size", "16"), in: folder.path)
    #expect(third.status == 0, "\(third)")
  }

  @Test func `files that may not grow leave the last good checkpoint and a sentence`() async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    func train(steps: Int) -> [String] {
      TrainedRun.train("pictures", "run", steps: steps, "--size", "16", "--checkpoint-every", "2")
    }
    let before = try await ProgramRun(train(steps: 2), in: folder.path)
    #expect(before.status == 0, "\(before)")
    let limited = try await ShellRun(
      #"ulimit -f 4096; exec "$STIPPLE" "$@""#, train(steps: 100), in: folder.path)
    #expect(limited.status == 1, "\(limited)")
    #expect(
      limited.output.contains(
        "run/checkpoints/step-00000004.h5: dataset model/"), "\(limited)")
    #expect(
      limited.output.contains("File too large; the run goes on and tries again"), "\(limited)")
    #expect(
      limited.lastLine.hasPrefix(
        "Error: run: stopped: 3 checkpoints in a row could not be written"),
      "\(limited)")
    #expect(limited.lastLine.hasSuffix("; the newest is of step 2"), "\(limited)")
    #expect(try names(in: folder / "run/checkpoints") == ["step-00000002.h5"])
    let after = try await ProgramRun(train(steps: 4), in: folder.path)
    #expect(after.status == 0, "\(after)")
  }
}
