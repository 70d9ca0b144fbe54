import Checkpoints
import Files
import Foundation
import Reports
import SystemPackage
import TestSupport
import Testing

/// Runs that are followed by what their folders tell.
@Suite struct RunWatchTests {
  private let scratch: TemporaryFolder
  private var path: FilePath { scratch / "run" }
  private var run: RunFolder { RunFolder(path) }

  init() throws { scratch = try TemporaryFolder() }

  private func write(_ name: String, _ text: String) throws {
    let file = path.appending(name)
    try FileManager.default.createDirectory(
      atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file.string))
  }

  private static let time = "2026-05-01T12:00:00Z "

  @Test func `a run is waited for, followed, and over when its log says so`() throws {
    var watch = try RunWatch(run)
    #expect(watch.update() == [] && watch.state == .waiting)
    try write("lock", "")
    #expect(watch.update() == [] && watch.state == .waiting)
    try write("log.txt", Self.time + "new run in run\n" + Self.time + "half a li")
    #expect(watch.update() == ["new run in run"] && watch.state == .running)
    try write("metrics.csv", "step,images_seen,loss\n1,4,0.5\n2,8,0.25\n3,12")
    try write("quality.csv", "step,sliced_wasserstein\n2,19.5\n")
    try write("samples/step-00000002.png", "")
    try write("config.yaml", "steps: 40\n")
    #expect(watch.update() == [])
    #expect(watch.step == 2 && watch.lastStep == 40)
    #expect(watch.newestSample?.lastComponent?.string == "step-00000002.png")
    #expect(watch.detail == "loss 0.25, distance of samples 19.5" && watch.course == "█▁")
    let log = Self.time + "new run in run\n" + Self.time + "half a line\n"
    try write("log.txt", log + Self.time + "the run ended after 2 steps\n")
    #expect(watch.update() == ["half a line", "the run ended after 2 steps"])
    #expect(watch.state == .finished)
  }

  @Test(arguments: [
    ("the run ended after 2 steps", RunWatch.State.finished), ("stopped after 2 steps", .stopped),
    ("failed: no space", .failed("no space")), ("resuming from step-00000001.h5", .running),
  ])
  func `what a log ends with is how the run stands`(last: String, state: RunWatch.State) throws {
    try write("metrics.csv", "step,loss\n1,0.5\n")
    try write("log.txt", Self.time + "stopped after 1 step\n" + Self.time + last + "\n")
    var watch = try RunWatch(run)
    #expect(watch.update() == [] && watch.state == state && watch.step == 1)
  }

  @Test func `a process that has ended without a word is noticed, one of another machine is not`()
    throws
  {
    let clock = CountingClock()
    let clocks = Clocks(date: { .now }, elapsed: { clock.now })
    let dead = Process()
    dead.executableURL = URL(filePath: "/bin/true")
    try dead.run()
    dead.waitUntilExit()
    try write("log.txt", Self.time + "new run in run\n")
    try write("lock", "process \(dead.processIdentifier) on elsewhere\n")
    var watch = try RunWatch(run, clocks: clocks)
    for _ in 0..<40 { _ = watch.update() }
    #expect(watch.state == .running)
    let host = ProcessInfo.processInfo.hostName
    try write("lock", "process \(dead.processIdentifier) on \(Host.name ?? host)\n")
    for _ in 0..<40 { _ = watch.update() }
    #expect(watch.state == .failed("the process that trained it has ended without saying why"))
    // As runs of older versions end, which say nothing in their logs.
    try write("config.yaml", "steps: 3\n")
    try write("metrics.csv", "step,loss\n3,0.5\n")
    var older = try RunWatch(run, clocks: clocks)
    for _ in 0..<40 { _ = older.update() }
    #expect(older.state == .finished)
  }

  @Test func `a folder that is deleted ends it, and another's is refused`() throws {
    try write("log.txt", Self.time + "new run in run\n")
    var watch = try RunWatch(run)
    _ = watch.update()
    #expect(watch.state == .running)
    try FileManager.default.removeItem(atPath: path.string)
    _ = watch.update()
    #expect(watch.state == .deleted)
    try write("notes.txt", "mine")
    #expect(throws: RunError.self) { try RunWatch(run) }
    #expect(throws: RunError.self) { try RunWatch(RunFolder(path.appending("notes.txt"))) }
  }
}

private enum Host {
  static var name: String? {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return nil }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
