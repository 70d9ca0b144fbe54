import Checkpoints
import Distributed
import Foundation
import SystemPackage
import TestModels
import Testing
import Training

/// Training by several processes, which are threads here.
@Suite struct DistributedTrainingTests {
  /// What is random or remembered in a step, each of which has to be the same for any number of ranks.
  enum Kind: CaseIterable {
    case plain, accumulated, augmented, importance, learnedVariance, conditional
  }

  private static func settings(_ kind: Kind, steps: Int) -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: steps)
    settings.batch = 4
    settings.precision = .f32
    settings.threads = 1
    settings.checkpointEvery = 10
    switch kind {
    case .plain: break
    case .accumulated: settings.accumulate = 2
    case .augmented:
      (settings.flip, settings.dropout, settings.inputPerturbation) = (true, 0.1, 0.1)
    case .importance: settings.timestepSampling = .importance
    case .learnedVariance: settings.variance = .learned
    case .conditional: (settings.classes, settings.classDropout) = (.folders, 0.2)
    }
    return settings
  }

  private func fixture(_ kind: Kind) throws -> TrainingFixture {
    kind == .conditional
      ? try TrainingFixture(classes: ["a", "b"], pictures: 6) : try TrainingFixture(pictures: 12)
  }

  /// Trains with a number of ranks; gives what each rank has to say of an error.
  private func train(
    _ fixture: TrainingFixture, _ name: String, _ settings: TrainingSettings, ranks: Int,
    stopping: Int? = nil
  ) async -> [String?] {
    await ThreadCommunicator.run(ranks) { communicator in
      do {
        let plan = try TrainingPlan(
          inputs: [fixture.pictures], run: fixture.run(name), settings: settings,
          processes: ProcessGroup(communicator))
        var asked = 0
        _ = try Trainer(plan, run: fixture.run(name)) { _ in }.run {
          asked += 1
          // One rank alone is told to stop.
          return communicator.rank == ranks - 1 && asked == stopping
        }
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  private func losses(_ fixture: TrainingFixture, _ name: String) throws -> [Double] {
    try fixture.metrics(name).compactMap { Double($0["loss"] ?? "") }
  }

  @Test(arguments: Kind.allCases)
  func `losses do not depend on the number of ranks`(kind: Kind) async throws {
    let fixture = try fixture(kind)
    let settings = Self.settings(kind, steps: 20)
    for ranks in [1, 2, 4] {
      let errors = await train(fixture, "\(ranks)", settings, ranks: ranks)
      #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
    }
    let alone = try losses(fixture, "1")
    #expect(alone.count == 20)
    for ranks in [2, 4] {
      let shared = try losses(fixture, "\(ranks)")
      #expect(shared.count == alone.count)
      for (a, b) in zip(alone, shared) {
        #expect(abs(a - b) < 2e-5 * a, "\(a) alone, \(b) with \(ranks)")
      }
      let validation = try [fixture.metrics("1"), fixture.metrics("\(ranks)")].map {
        Double($0.last?["validation_loss"] ?? "") ?? .nan
      }
      #expect(abs(validation[0] - validation[1]) < 1e-4 * validation[0])
    }
  }

  @Test func `a run goes on with another number of ranks, with the same bytes for the same ones`()
    async throws
  {
    let fixture = try TrainingFixture(pictures: 12)
    let settings = Self.settings(.plain, steps: 12)
    for name in ["a", "b"] {
      var half = settings
      half.steps = 6
      #expect(await train(fixture, name, half, ranks: 2) == [nil, nil])
      #expect(await train(fixture, name, settings, ranks: 4) == [nil, nil, nil, nil])
    }
    #expect(try fixture.bytes("a", "metrics.csv") == fixture.bytes("b", "metrics.csv"))
    for part in [CheckpointFile.Part.model, .average, .firstMoment, .secondMoment] {
      #expect(
        try fixture.tensors("a", step: 12, part) == fixture.tensors("b", step: 12, part))
    }
    #expect(await train(fixture, "c", settings, ranks: 1) == [nil])
    for (a, c) in zip(try losses(fixture, "a"), try losses(fixture, "c")) {
      #expect(abs(a - c) < 2e-5 * c)
    }
  }

  @Test func `gradients sent in bfloat16 change losses little, and give the same bytes each time`()
    async throws
  {
    let fixture = try TrainingFixture(pictures: 12)
    var settings = Self.settings(.accumulated, steps: 20)
    #expect(await train(fixture, "exact", settings, ranks: 2) == [nil, nil])
    settings.gradientType = .bfloat16
    for name in ["a", "b"] {
      #expect(await train(fixture, name, settings, ranks: 2) == [nil, nil])
    }
    #expect(try fixture.bytes("a", "metrics.csv") == fixture.bytes("b", "metrics.csv"))
    #expect(try fixture.bytes("a", "metrics.csv") != fixture.bytes("exact", "metrics.csv"))
    for (a, exact) in zip(try losses(fixture, "a"), try losses(fixture, "exact")) {
      #expect(abs(a - exact) < 0.01 * exact, "\(a), \(exact)")
    }
  }

  @Test func `the time that processes wait for each other is in the table, of one it is empty`()
    async throws
  {
    let fixture = try TrainingFixture(pictures: 12)
    var settings = Self.settings(.plain, steps: 2)
    settings.checkpointEvery = 1
    for ranks in [1, 2] {
      let errors = await train(fixture, "\(ranks)", settings, ranks: ranks)
      #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
      let text = String(
        decoding: try fixture.bytes("\(ranks)", "performance.csv"), as: UTF8.self)
      let rows = text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      #expect(rows[0].last == "waiting_for_processes_percent" && rows.count == 3)
      for row in rows.dropFirst() {
        let share = row.last.flatMap { Double($0) }
        #expect(ranks == 1 ? row.last == "" : (0...100).contains(share ?? -1), "\(row)")
      }
    }
  }

  @Test func `a signal at one rank ends all at the same step, saved`() async throws {
    let fixture = try TrainingFixture(pictures: 12)
    let errors = await train(
      fixture, "run", Self.settings(.plain, steps: 100), ranks: 2, stopping: 5)
    #expect(errors == [nil, nil])
    #expect(try losses(fixture, "run").count == 5)
    #expect(FileManager.default.fileExists(atPath: fixture.checkpoint("run", step: 5).string))
  }

  @Test func `a batch that ranks do not divide is refused with the nearest that they do`()
    async throws
  {
    let fixture = try TrainingFixture(pictures: 12)
    let errors = await train(fixture, "run", Self.settings(.plain, steps: 2), ranks: 3)
    let text = "`batch`: 4 images cannot be divided among 3 processes; use 3 or 6"
    #expect(errors == [text, text, text])
    #expect(!FileManager.default.fileExists(atPath: fixture.run("run").path.string))
  }

  @Test func `an error of the first rank is known to all`() async throws {
    let fixture = try TrainingFixture(pictures: 12)
    try Data("a file".utf8).write(to: URL(filePath: fixture.run("run").path.string))
    let errors = await train(fixture, "run", Self.settings(.plain, steps: 2), ranks: 2)
    #expect(errors[0] != nil && errors[0] == errors[1], "\(errors)")
  }
}
