import Checkpoints
import Diffusion
import Foundation
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// Schedules of any length end in noise, and one that does not is told of.
@Suite struct ScheduleEndTests {
  private func plan(
    _ change: (inout TrainingSettings) -> Void
  ) throws -> (plan: TrainingPlan, fixture: TrainingFixture) {
    let fixture = try TrainingFixture(pictures: 2)
    var settings = TrainingFixture.settings(steps: 1)
    change(&settings)
    let run = fixture.run("run")
    return (
      try TrainingPlan(inputs: [fixture.pictures], run: run, settings: settings), fixture
    )
  }

  @Test(arguments: ["linear", "scaled-linear", "sigmoid-beta"], [10, 50, 100, 400, 1000, 4000])
  func `betas are scaled unless they are given`(schedule: String, timesteps: Int) throws {
    let (plan, _) = try plan {
      $0.schedule = schedule
      $0.timesteps = timesteps
    }
    let found = plan.configuration.schedule
    #expect(found.betaStart == 1e-4 * (1000 / Double(timesteps)))
    #expect(found.betaEnd == min(0.02 * (1000 / Double(timesteps)), 0.999))
    #expect(try plan.configuration.signalRemark == nil)
    #expect(!plan.summary.contains { $0.contains("signal") })
  }

  @Test func `betas that are given stay, and what is left at the end is said`() throws {
    let (plan, _) = try plan {
      $0.timesteps = 100
      ($0.betaStart, $0.betaEnd) = (1e-4, 0.02)
    }
    #expect(plan.configuration.schedule == .init(timesteps: 100))
    let remark = try #require(try plan.configuration.signalRemark)
    #expect(remark.contains("0.60 of the signal"))
    #expect(plan.summary.contains(remark))
  }

  @Test func `a denoiser, which draws nothing, is not told of`() throws {
    let (plan, _) = try plan {
      $0.timesteps = 100
      ($0.betaStart, $0.betaEnd) = (1e-4, 0.02)
      $0.noiseRange = NoiseRange("0..50")
    }
    #expect(try plan.configuration.signalRemark == nil)
  }

  @Test func `a run from before, with its betas in its settings, goes on with them`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 1)
    settings.timesteps = 100
    (settings.betaStart, settings.betaEnd) = (1e-4, 0.02)
    try fixture.train("run", settings)
    var again = try #require(try fixture.run("run").settings())
    #expect(again.betaEnd == 0.02)
    again.steps = 2
    #expect(try fixture.train("run", again).outcome.step == 2)
    // Of 1000 timesteps the usual ones are the same, written or not.
    settings.timesteps = 1000
    try fixture.train("usual", settings)
    (settings.betaStart, settings.betaEnd) = (nil, nil)
    #expect(try fixture.train("usual", settings).outcome.step == 1)
  }

  @Test func `a new end of a cosine is told with what it does to the rate`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingFixture.settings(steps: 4)
    settings.warmup = 1
    settings.learningRateSchedule = .cosine
    try fixture.train("run", settings)
    settings.steps = 8
    let notes = try fixture.train("run", settings).notes
    #expect(
      notes.contains {
        $0.hasPrefix(
          "the run was to end at step 4 and now ends at step 8: the cosine learning-rate ")
          && $0.contains("rises again, from 0 to 0.0006113 at step 4")
      }, "\(notes)")
    settings.steps = 8
    #expect(!(try fixture.train("run", settings).notes.contains { $0.contains("learning-rate") }))
  }

  @Test func `during the warm-up a new end changes no rate`() {
    var old = TrainingFixture.settings(steps: 20)
    (old.warmup, old.learningRateSchedule) = (10, .cosine)
    var new = old
    new.steps = 40
    var state = TrainingState()
    func change(at step: Int) -> String? {
      state.step = step
      return new.changeOfEnd(from: old, at: state)
    }
    let text =
      "the run was to end at step 20 and now ends at step 40: the cosine learning-rate schedule "
      + "is fitted to the new length"
    #expect(change(at: 4) == text && change(at: 9) == text)
    #expect(change(at: 10) == text + " and continues as before, from 0.001 to 0.001 at step 10")
    #expect(change(at: 15)?.hasPrefix(text + " and rises again, from 0.0005 to ") == true)
  }

  @Test func `a run from before keeps its images for validation, a new one rounds`() throws {
    let fixture = try TrainingFixture(pictures: 16)
    var settings = TrainingFixture.settings(steps: 1)
    settings.validation = 0.3
    settings.validationSplit = .each
    try fixture.train("old", settings)
    let path = fixture.run("old").path.appending("config.yaml")
    var text = String(decoding: try fixture.bytes("old", "config.yaml"), as: UTF8.self)
    text = text.replacing("validation-split: each\n", with: "")
    try Data(text.utf8).write(to: URL(filePath: path.string))
    settings.validationSplit = .ranked
    settings.steps = 2
    let notes = try fixture.train("old", settings).notes
    #expect(!notes.contains { $0.contains("have changed") }, "\(notes)")
    #expect(try fixture.run("old").settings()?.validationSplit == .each)

    let new = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("new"), settings: settings)
    #expect(new.summary.contains { $0.contains("11 training images, 5 validation images") })
  }
}
