import Foundation
import SystemPackage
import TestSupport
import Testing

/// Signals, limits and a second process, as they come from outside.
@Suite struct InterruptionTests {
  @Test(
    arguments: [(SIGTERM, 143), (SIGUSR1, 138), (SIGHUP, 129), (SIGXCPU, 152)] as [(Int32, Int32)])
  func `a signal that asks for an end gets it, with everything saved`(signal: Int32, status: Int32)
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let stopped = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 100_000, "--size", "16"), in: folder.path,
      interruption: .init(signal, whenExists: folder / "run/metrics.csv"))
    #expect(stopped.status == status, "\(stopped)")
    #expect(
      stopped.lastError.hasSuffix(" steps; run the same command again to resume"), "\(stopped)")
    #expect(try names(in: folder / "run/checkpoints").count == 1)
  }

  @Test func `SIGQUIT ends the work at once, and the same command goes on`()
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    func train(steps: Int) -> [String] {
      TrainedRun.train(
        "pictures", "run", steps: steps, "--size", "16", "--checkpoint-every", "1")
    }
    // Whoever starts the tests may have them ignore the signal, as a shell does in the background.
    let stopped = try await ShellRun(
      """
      ulimit -c 0
      env --default-signal=QUIT "$STIPPLE" "$@" & program=$!
      until compgen -G 'run/checkpoints/*.h5' || ! kill -0 $program; do sleep 0.01; done
      kill -QUIT $program
      wait $program
      """, train(steps: 100_000), in: folder.path)
    #expect(stopped.status == 131, "\(stopped)")
    let newest = try #require(try names(in: folder / "run/checkpoints").last)
    let step = try #require(Int(newest.dropFirst(5).dropLast(3)))
    let after = try await ProgramRun(train(steps: step + 1), in: folder.path)
    #expect(after.status == 0, "\(after)")
  }

  @Test func `the limit on the processor's time ends the work, with everything saved`() async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    // The signal comes again each second, also while the work is being ended.
    let limited = #"ulimit -S -t 1; exec "$STIPPLE" "$@""#
    let trained = try await ShellRun(
      limited, TrainedRun.train("pictures", "run", steps: 100_000, "--size", "16"),
      in: folder.path)
    #expect(trained.status == 152, "\(trained)")
    #expect(
      trained.lastLine.hasSuffix(" steps; run the same command again to resume"), "\(trained)")
    #expect(try names(in: folder / "run/checkpoints").count == 1)
    let generated = try await ShellRun(
      limited, ["generate", "run", "-o", "images", "-n", "100000", "--steps", "10"],
      in: folder.path)
    #expect(generated.status == 152, "\(generated)")
    #expect(!(try names(in: folder / "images")).isEmpty)
  }

  @Test func `a large image is left in its middle, and denoised by the same command`() async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.write("large.png", width: 2400, height: 2000, to: folder / "in")
    let denoise = ["denoise", "in", "-o", "out", "--sigma", "10"]
    let stopped = try await ProgramRun(
      denoise + ["--tile", "64"], in: folder.path,
      interruption: .init(SIGINT, whenExists: folder / "out"))
    #expect(stopped.status == 130, "\(stopped)")
    #expect(
      stopped.errors.contains("stopped with 1 image left; run the same command again to resume"),
      "\(stopped)")
    #expect(stopped.lastError == "0 images written to out")
    #expect(try names(in: folder / "out").isEmpty)
    let after = try await ProgramRun(denoise, in: folder.path)
    #expect(after.status == 0 && after.lastError == "1 image written to out", "\(after)")
  }

  @Test(arguments: [1, 100])
  func `samples whose drawing is stopped are drawn by the same command`(checkpointEvery: Int)
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    func train(steps: Int) -> [String] {
      TrainedRun.train(
        "pictures", "run", steps: steps, "--size", "16", "--checkpoint-every",
        "\(checkpointEvery)", "--sample-every", "1")
    }
    let stopped = try await ProgramRun(
      train(steps: 100), in: folder.path,
      interruption: .init(SIGTERM, whenExists: folder / "run/metrics.csv"))
    #expect(stopped.status == 143, "\(stopped)")
    let newest = try #require(try names(in: folder / "run/checkpoints").last)
    let step = try #require(Int(newest.dropFirst(5).dropLast(3)))
    let after = try await ProgramRun(train(steps: step + 1), in: folder.path)
    #expect(after.status == 0, "\(after)")
    #expect(
      try names(in: folder / "run/samples")
        == (1...(step + 1)).map { "step-0000000\($0).png" })
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
    let rows = try String(contentsOfFile: (folder / "run/metrics.csv").string, encoding: .utf8)
    let step = rows.split(separator: "\n").last.flatMap { $0.split(separator: ",").first }
      .flatMap { Int($0) }
    let third = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: (step ?? 0) + 50, "--size", "16"),
      in: folder.path)
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
      limited.output.contains("File too large; training continues and retries"), "\(limited)")
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

/// A run folder's files that are something else, and limits on memory for calls.
@Suite struct AwkwardRunTests {
  @Test(arguments: ["log.txt", "metrics.csv", "performance.csv"])
  func `a pipe in the place of a run's file is refused without waiting`(name: String) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    try FileManager.default.createDirectory(
      atPath: (folder / "run").string, withIntermediateDirectories: false)
    #expect(mkfifo((folder / "run/\(name)").string, 0o600) == 0)
    let run = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 2, "--size", "16"), in: folder.path,
      limit: .seconds(60))
    #expect(run.status == 1, "\(run)")
    #expect(
      run.lastError
        == "Error: run/\(name): not written: it is not a regular file; give another name",
      "\(run)")
  }

  @Test func `a small stack is enough`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    try Data("preset: \(deep)".utf8).write(to: URL(filePath: (folder / "deep.yaml").string))
    let model = try await TrainedRun.shared.path.string
    let run = try await ShellRun(
      """
      run=$1
      ulimit -s 64
      each() { "$STIPPLE" "$@" > /dev/null 2>&1; echo "$1 $?"; }
      each train pictures -o run --preset tiny --size 16 --batch 2 --steps 4 --sample-every 2
      each train pictures -o base --preset base --size 16 --batch 1 --steps 1 --sample-every 0
      each train pictures -o x --config deep.yaml
      each generate "$run" -o new -n 2 --steps 2 --grid grid.png --trajectory t.h5 --animation f.apng
      each denoise --model "$run" pictures -o clean --sigma 20
      each inpaint "$run" pictures --masks pictures/000001.png -o inpainted --steps 2
      each interpolate "$run" --seeds 1 2 -o between --frames 2 --steps 2
      each compare pictures pictures --pairs pairs.png
      each evaluate "$run" pictures --timesteps 2
      each noise pictures -o n.h5 --timesteps 0 --png noised
      each inspect "$run" --verify
      each export "$run" -o exported
      each import exported -o imported.h5
      """, [model], in: folder.path)
    #expect(
      run.output == """
        train 0
        train 0
        train 1
        generate 0
        denoise 0
        inpaint 0
        interpolate 0
        compare 0
        evaluate 0
        noise 0
        inspect 0
        export 0
        import 0

        """, "\(run)")
  }
}
