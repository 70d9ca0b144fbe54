import Checkpoints
import Foundation
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who may write to a run folder, and with which settings.
@Suite(.serialized) struct RunFolderTests {
  @Test func `a folder that another one trains in is refused, naming the owner`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    let settings = TrainingFixture.settings(steps: 1)
    try fixture.train("run", settings)
    let path = fixture.run("run").path.appending("lock")
    let other = try FileDescriptor.open(path, .readWrite)
    defer { try? other.close() }
    #expect(flock(other.rawValue, LOCK_EX | LOCK_NB) == 0)
    try other.writeAll("process 4711 on example\n".utf8)
    let error = RunError.isLocked(
      fixture.run("run").path, owner: "process 4711 on example")
    #expect(throws: error) { try fixture.train("run", settings) }
    // A lock ends with its owner, whatever the file says.
    #expect(flock(other.rawValue, LOCK_UN) == 0)
    #expect(try fixture.train("run", settings).outcome.step == 1)
  }

  @Test func `settings that differ are all named, and nothing changes`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 1)
    try fixture.train("run", settings)
    let before = try fixture.bytes("run", "config.yaml")
    settings.batch = 5
    settings.flip = true
    settings.keep = 7
    let path = fixture.run("run").path
    #expect(
      throws: RunError.settingsDiffer(
        path, ["flip: false there, true here", "batch: 4 there, 5 here"])
    ) { try fixture.train("run", settings) }
    #expect(try fixture.bytes("run", "config.yaml") == before)
  }

  @Test func `what a session left that went further is gone where the run goes on`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 6)
    (settings.checkpointEvery, settings.snapshotEvery, settings.sampleEvery) = (2, 1, 1)
    settings.recordBatches = .every(1)
    try fixture.train("run", settings)
    let run = fixture.run("run")
    try FileManager.default.removeItem(atPath: run.checkpoint(step: 6).string)
    settings.steps = 5
    try fixture.train("run", settings)
    #expect(try run.snapshotSteps() == [1, 2, 3, 4, 5])
    #expect(try run.recordedSteps() == [1, 2, 3, 4, 5])
    let samples = try FileManager.default.contentsOfDirectory(
      atPath: run.path.appending("samples").string)
    #expect(samples.count == 5 && !samples.contains("step-00000006.png"))
  }

  @Test func `a run's settings are found again, and where it ends may change`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 1)
    #expect(try fixture.run("run").settings() == nil)
    try fixture.train("run", settings)
    settings.channels = 3
    #expect(try fixture.run("run").settings() == settings)
    settings.steps = 2
    settings.checkpointEvery = 1
    try fixture.train("run", settings)
    #expect(try fixture.run("run").settings() == settings)
  }

  @Test func `a run that has no checkpoint keeps its settings, and so with no step`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 1)
    try fixture.train("run", settings)
    let run = fixture.run("run")
    try FileManager.default.removeItem(atPath: fixture.checkpoint("run", step: 1).string)
    settings.channels = 3
    #expect(try run.settings() == settings)
    settings.batch = 2
    #expect(throws: RunError.settingsDiffer(run.path, ["batch: 4 there, 2 here"])) {
      try fixture.train("run", settings)
    }
    settings.batch = 4
    #expect(
      try fixture.train("run", settings).notes.first
        == "\(run.path): has no checkpoint; training starts again from step 0")
    #expect(try fixture.metrics("run").count == 1)

    try FileManager.default.removeItem(atPath: fixture.checkpoint("run", step: 1).string)
    try FileManager.default.removeItem(atPath: run.path.appending("metrics.csv").string)
    let file = run.path.appending("config.yaml")
    #expect(try run.settings() == settings)
    // All may change, as there is nothing to lose.
    (settings.batch, settings.steps) = (2, 2)
    let (outcome, notes) = try fixture.train("run", settings)
    #expect(outcome.stepsNow == 2)
    #expect(notes.first == "new run in \(run.path)" && !notes.contains { $0.contains("ended") })

    try FileManager.default.removeItem(atPath: fixture.checkpoint("run", step: 2).string)
    try FileManager.default.removeItem(atPath: run.path.appending("metrics.csv").string)
    try FileManager.default.removeItem(atPath: file.string)
    settings.batch = 2
    #expect(try run.settings() == nil)
    #expect(try fixture.train("run", settings).outcome.stepsNow == 2)
  }

  @Test func `a damaged newest checkpoint does not count as steps made`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 4)
    (settings.checkpointEvery, settings.keep) = (1, 4)
    try fixture.train("run", settings)
    let run = fixture.run("run")
    settings.steps = 2
    #expect(throws: RunError.self) { try fixture.train("run", settings) }
    for step in [3, 4] {
      try Data("torn".utf8).write(to: URL(filePath: fixture.checkpoint("run", step: step).string))
    }
    settings.steps = 3
    #expect(try fixture.train("run", settings).outcome.stepsNow == 1)
    #expect(try run.checkpointSteps().last == 3)
  }

  @Test func `a run whose settings file is gone has those of its checkpoint`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 1)
    try fixture.train("run", settings)
    let path = fixture.run("run").path.appending("config.yaml").string
    try FileManager.default.removeItem(atPath: path)
    (settings.batch, settings.steps) = (2, 2)
    #expect(throws: RunError.self) { try fixture.train("run", settings) }
    #expect(!FileManager.default.fileExists(atPath: path))
    settings.batch = 4
    #expect(try fixture.train("run", settings).outcome.step == 2)
    #expect(FileManager.default.fileExists(atPath: path))
  }
}
