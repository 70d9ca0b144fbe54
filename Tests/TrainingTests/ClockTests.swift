import Checkpoints
import Files
import Foundation
import TestModels
import TestSupport
import Testing
import Training

/// Runs, their estimates and surveys read the clocks that they are given, and no others.
@Suite struct ClockTests {
  private var clocks: Clocks {
    let clock = CountingClock()
    return Clocks(date: { Date(timeIntervalSince1970: 86_400) }, elapsed: { clock.now })
  }

  @Test func `a run's dates and its end come from the clocks that it is given`() throws {
    let fixture = try TrainingFixture(pictures: 8)
    var settings = TrainingFixture.settings(steps: nil)
    settings.time = RunTime(seconds: 20)
    let run = fixture.run("run")
    let plan = try TrainingPlan(inputs: [fixture.pictures], run: run, settings: settings)
    let outcome = try Trainer(plan, run: run, clocks: clocks) { _ in }.run()
    // A look or more a step.
    let steps = try #require(try run.checkpointSteps().last)
    #expect((1...20).contains(steps))
    #expect(!outcome.wasInterrupted)
    let log = String(decoding: try fixture.bytes("run", "log.txt"), as: UTF8.self)
    #expect(log.split(separator: "\n").allSatisfy { $0.hasPrefix("1970-01-02T00:00:00Z ") })
    let file = try CheckpointFile(opening: fixture.checkpoint("run", step: steps))
    #expect(file.header.created == "1970-01-02T00:00:00Z")
  }

  @Test func `an estimate is timed by the clock that it is given`() throws {
    let fixture = try TrainingFixture(pictures: 8)
    var settings = TrainingFixture.settings(steps: 7)
    settings.batch = 1
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: settings)
    // From one look to the next, whatever the network.
    #expect(try plan.estimate(clocks: clocks).secondsPerStep == 1)
  }

  /// By this clock a step takes a second.
  @Test(arguments: [
    (RunTime(seconds: 60), nil, "tiny"), (RunTime(seconds: 2_000), nil, "small"),
    (nil, nil, "small"), (RunTime(seconds: 60), 100, "small"),
  ])
  func `the network suits the time that the run has`(time: RunTime?, steps: Int?, preset: String)
    throws
  {
    let fixture = try TrainingFixture(pictures: 8)
    var settings = TrainingFixture.settings(steps: steps)
    settings.preset = TrainingSettings.automaticPreset
    settings.time = time
    settings.batch = 1
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: settings, clocks: clocks)
    #expect(plan.settings.preset == preset)
    #expect(
      plan.summary.contains("preset tiny: small would reach only about 60 steps in 1m")
        == (preset == "tiny"))
  }

  @Test func `a run keeps the network that it was begun with, however long it gets`() throws {
    let fixture = try TrainingFixture(pictures: 8)
    try fixture.train("run", TrainingFixture.settings(steps: 1))
    var settings = TrainingFixture.settings(steps: nil)
    settings.preset = TrainingSettings.automaticPreset
    settings.time = RunTime(seconds: 86_400)
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: settings, clocks: clocks)
    #expect(plan.settings.preset == "tiny")
  }

  @Test func `a survey ends when the clock that it is given says so`() throws {
    let fixture = try TrainingFixture(pictures: 8)
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"),
      settings: TrainingFixture.settings(steps: 7), surveyTime: .seconds(10), clocks: clocks)
    // Two looks an image.
    #expect(plan.summary.contains("only the first 5 of them were looked at"))
  }
}
