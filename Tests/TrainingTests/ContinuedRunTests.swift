import Checkpoints
import Files
import Foundation
import Images
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// What is told of a run that is given other images, another end, or nothing to learn.
@Suite struct ContinuedRunTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  @Test func `images that others have taken the places of are told of`() throws {
    let settings = TrainingFixture.settings(steps: 2)
    try fixture.train("run", settings)
    let further = TrainingFixture.settings(steps: 4)
    let same = try fixture.train("run", further)
    #expect(!same.notes.contains { $0.contains("have changed") }, "\(same.notes)")
    // One under another's name.
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.pictures.string)
      .sorted()
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: further)
    let other = try #require(plan.training.first).path
    let another = try #require(plan.training.last).path
    #expect(names.count == 16)
    try Data(contentsOf: URL(filePath: another.string)).write(to: URL(filePath: other.string))
    let changed = try fixture.train("run", TrainingFixture.settings(steps: 5))
    #expect(
      changed.notes.contains(
        "the images have changed: some have other names or other sizes in bytes"),
      "\(changed.notes)")
  }

  @Test func `a time that has passed already is refused, and changes nothing`() throws {
    var settings = TrainingFixture.settings(steps: nil)
    settings.time = RunTime(seconds: 0.5)
    try fixture.train("run", settings)
    settings.time = RunTime(seconds: 0.01)
    let error = try #require(throws: RunError.self) { try fixture.train("run", settings) }
    #expect("\(error)".contains("`time` would end it after 0.01s; give more"), "\(error)")
    #expect(try fixture.run("run").settings()?.time == RunTime(seconds: 0.5))
  }

  @Test func `whether a run can go on is told without a change`() throws {
    let settings = TrainingFixture.settings(steps: 2)
    let run = fixture.run("run")
    func step(_ settings: TrainingSettings) throws -> Int? {
      try Trainer.resumption(
        TrainingPlan(inputs: [fixture.pictures], run: run, settings: settings), in: run)?.step
    }
    #expect(try step(settings) == nil)
    try fixture.train("run", settings)
    let before = try fixture.bytes("run", "config.yaml")
    #expect(try step(TrainingFixture.settings(steps: 4)) == 2)
    var other = settings
    other.batch = 8
    let error = try #require(throws: RunError.self) { try step(other) }
    #expect("\(error)".contains("batch: 4 there, 8 here"), "\(error)")
    #expect(try fixture.bytes("run", "config.yaml") == before)
  }

  @Test func `settings that were edited since are compared with what the run was trained with`()
    throws
  {
    try fixture.train("run", TrainingFixture.settings(steps: 2))
    let path = fixture.run("run").path.appending("config.yaml").string
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing(/learning-rate: [^\n]*/, with: "learning-rate: 0.5")
      .write(toFile: path, atomically: true, encoding: .utf8)
    var settings = try #require(try fixture.run("run").settings())
    settings.steps = 4
    let error = try #require(throws: RunError.self) { try fixture.train("run", settings) }
    #expect("\(error)".contains(#/learning-rate: [\d.]+ there, 0.5 here/#), "\(error)")
  }

  @Test func `rows that are missing from the table are told of`() throws {
    try fixture.train("run", TrainingFixture.settings(steps: 4))
    let path = fixture.run("run").path.appending("metrics.csv").string
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    try (rows[..<3].joined(separator: "\n") + "\n")
      .write(toFile: path, atomically: true, encoding: .utf8)
    let run = try fixture.train("run", TrainingFixture.settings(steps: 5))
    #expect(
      run.notes.contains {
        $0.hasSuffix("metrics.csv: has no rows of steps 3 to 4; it goes on after them")
      },
      "\(run.notes)")
    let again = try fixture.train("run", TrainingFixture.settings(steps: 6))
    #expect(!again.notes.contains { $0.contains("has no rows") }, "\(again.notes)")
  }

  // The error was about a `preset` that nobody had given.
  @Test(arguments: ["", "steps: 12\n"])
  func `settings that are emptied or cut off are named`(text: String) throws {
    try fixture.train("run", TrainingFixture.settings(steps: 2))
    let path = fixture.run("run").path.appending("config.yaml").string
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let error = try #require(throws: FileError.self) {
      try fixture.train("run", TrainingFixture.settings(steps: 4))
    }
    #expect(error.description.contains("config.yaml: could not be read: it has no preset"))
    try FileManager.default.removeItem(atPath: path)
    #expect(try fixture.train("run", TrainingFixture.settings(steps: 4)).outcome.step == 4)
  }

  @Test func `a short run whose steps changed nothing is an error`() throws {
    var settings = TrainingFixture.settings(steps: 4)
    (settings.learningRate, settings.warmup) = (1e38, 0)
    let error = try #require(throws: TrainingError.self) { try fixture.train("run", settings) }
    guard case .notFinite(_, let steps) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(steps >= 2)
  }
}
