import Checkpoints
import Diffusion
import Distributed
import Files
import Foundation
import Images
import SystemPackage
import TestModels
import TestSupport
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
      let norms = try [fixture.metrics("1"), fixture.metrics("\(ranks)")].map { rows in
        rows.compactMap { Double($0["gradient_norm"] ?? "") }
      }
      #expect(norms[0].count == norms[1].count)
      for (a, b) in zip(norms[0], norms[1]) { #expect(abs(a - b) < 1e-3 * a, "\(a), \(b)") }
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
    var settings = Self.settings(.plain, steps: 12)
    settings.snapshotEvery = 6
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
    // Each rank has had a part of them only.
    for part in CheckpointFile.Part.allCases {
      let (a, c) = (
        try fixture.tensors("a", step: 12, part), try fixture.tensors("c", step: 12, part)
      )
      #expect(relativeError(of: a, from: c) < 0.01, "\(part)")
    }
    let snapshots = try ["a", "c"].map { name in
      try fixture.tensors(fixture.snapshot(name, step: 6), .shortAverage)
    }
    #expect(relativeError(of: snapshots[0], from: snapshots[1]) < 0.01)
    for (a, c) in zip(try losses(fixture, "a"), try losses(fixture, "c")) {
      #expect(abs(a - c) < 2e-5 * c)
    }
  }

  private func relativeError(of values: [String: [UInt32]], from expected: [String: [UInt32]])
    -> Double
  {
    var (difference, norm) = (0.0, 0.0)
    for (name, expected) in expected {
      for (a, b) in zip(values[name] ?? [], expected) {
        let (a, b) = (Double(Float(bitPattern: a)), Double(Float(bitPattern: b)))
        difference += (a - b) * (a - b)
        norm += b * b
      }
    }
    return (difference / norm).squareRoot()
  }

  @Test func `steps that are not finite are skipped by all ranks`() async throws {
    let fixture = try TrainingFixture(pictures: 12)
    var settings = Self.settings(.plain, steps: 100)
    (settings.learningRate, settings.warmup, settings.checkpointEvery) = (1e12, 0, 1)
    settings.keep = 20
    let text = "\(TrainingError.notFinite(fixture.run("run").path, steps: 10))"
    #expect(await train(fixture, "run", settings, ranks: 2) == [text, text])
    for part in [CheckpointFile.Part.model, .average, .firstMoment, .secondMoment] {
      let first = try fixture.tensors("run", step: 1, part)
      #expect(try fixture.tensors("run", step: 10, part) == first)
    }
  }

  @Test
  func
    `an image that one rank cannot read and that is an error ends all, with the steps before saved`()
    async throws
  {
    let fixture = try TrainingFixture(pictures: 11)
    // Larger than the limit of the second rank alone.
    try TestImages.write("z.png", width: 64, height: 64, to: fixture.pictures)
    var settings = Self.settings(.plain, steps: 100)
    (settings.channels, settings.fit, settings.validation) = (3, .resize, 0)
    let (errors, _) = await train(
      fixture, settings, on: { _ in fixture.pictures }, in: { _ in fixture.run("run") },
      maxPixels: { $0 == 1 ? 2000 : nil }, isStrict: true)
    #expect(errors[0]?.contains("z.png") == true && errors[0] == errors[1], "\(errors)")
    let steps = try losses(fixture, "run").count
    #expect(steps > 0)
    #expect(try fixture.run("run").checkpointSteps().last == steps)
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
      let column = try #require(rows[0].firstIndex(of: "waiting_for_processes_percent"))
      #expect(rows.count == 3)
      for row in rows.dropFirst() {
        let share = Double(row[column])
        #expect(ranks == 1 ? row[column] == "" : (0...100).contains(share ?? -1), "\(row)")
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

  /// Trains with two ranks, on which inputs, run folders or limits differ; gives what each has to say of an
  /// error, and what was told.
  private func train(
    _ fixture: TrainingFixture, _ settings: TrainingSettings,
    on inputs: @escaping @Sendable (_ rank: Int) -> FilePath,
    in run: @escaping @Sendable (_ rank: Int) -> RunFolder,
    maxPixels: @escaping @Sendable (_ rank: Int) -> Int? = { _ in nil }, isStrict: Bool = false
  ) async -> (errors: [String?], unreadable: [Int]) {
    let results = await ThreadCommunicator.run(2) { ranks -> (String?, Int) in
      do {
        let clock = CountingClock()
        let plan = try TrainingPlan(
          inputs: [inputs(ranks.rank)], run: run(ranks.rank), settings: settings,
          maxPixels: maxPixels(ranks.rank), surveyTime: .zero, processes: ProcessGroup(ranks))
        let trainer = Trainer(
          plan, run: run(ranks.rank), isStrict: isStrict,
          clocks: Clocks(date: { .now }, elapsed: { clock.now })
        ) { _ in }
        return (nil, try trainer.run().unreadableImages)
      } catch {
        return ("\(error)", 0)
      }
    }
    return (results.map(\.0), results.map(\.1))
  }

  @Test func `the first rank alone lists the images`() async throws {
    let fixture = try TrainingFixture(pictures: 12)
    let settings = Self.settings(.plain, steps: 3)
    #expect(await train(fixture, "all", settings, ranks: 2) == [nil, nil])
    let (errors, _) = await train(
      fixture, settings, on: { $0 == 0 ? fixture.pictures : "/nowhere" },
      in: { _ in fixture.run("first") })
    #expect(errors == [nil, nil])
    #expect(try fixture.bytes("all", "metrics.csv") == fixture.bytes("first", "metrics.csv"))
  }

  @Test(arguments: [0.0, 0.25])
  func `an image that one rank cannot read is left out on all`(validation: Double) async throws {
    let fixture = try TrainingFixture(pictures: 7)
    // Larger than the limit of one rank alone.
    try TestImages.write("z.png", width: 64, height: 64, to: fixture.pictures)
    var settings = Self.settings(.plain, steps: 6)
    (settings.batch, settings.channels, settings.fit) = (8, 3, .resize)
    settings.validation = validation
    let alone = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("alone"), settings: settings, maxPixels: 2000,
      surveyTime: .zero)
    let outcome = try Trainer(alone, run: fixture.run("alone")) { _ in }.run()
    #expect(outcome.unreadableImages == 1)
    // One of the ranks has the image in the first batch: then all have the losses of one process.
    var equal = 0
    for small in [0, 1] {
      for name in ["a\(small)", "b\(small)"] {
        let (errors, unreadable) = await train(
          fixture, settings, on: { _ in fixture.pictures }, in: { _ in fixture.run(name) },
          maxPixels: { $0 == small ? 2000 : nil })
        #expect(errors == [nil, nil])
        #expect(unreadable == [1, 1])
      }
      #expect(
        try fixture.bytes("a\(small)", "metrics.csv") == fixture.bytes("b\(small)", "metrics.csv"))
      let log = String(decoding: try fixture.bytes("a\(small)", "log.txt"), as: UTF8.self)
      let lines = log.split(separator: "\n").filter { $0.contains("left out:") }
      #expect(lines.count == 1 && lines[0].hasSuffix("(rank 1)") == (small == 1), "\(log)")
      let pairs = zip(try losses(fixture, "alone"), try losses(fixture, "a\(small)"))
      equal += pairs.allSatisfy { abs($0 - $1) < 2e-5 * $0 } ? 1 : 0
    }
    #expect(equal >= 1)
  }

  @Test(arguments: [false, true])
  func `a picture along a run has the same bytes whatever the number of ranks`(
    isDenoiser: Bool
  ) async throws {
    let fixture = try TrainingFixture(pictures: 12)
    var settings = Self.settings(.plain, steps: 2)
    settings.batch = 6
    if isDenoiser { settings.noiseRange = NoiseRange("0..50") }
    #expect(await train(fixture, "1", settings, ranks: 1) == [nil])
    settings.sampleEvery = 2
    for ranks in [2, 3] {
      try FileManager.default.copyItem(
        atPath: fixture.run("1").path.string, toPath: fixture.run("\(ranks)").path.string)
    }
    for ranks in [1, 2, 3] {
      // The run has ended, and owes its picture.
      let errors = await train(fixture, "\(ranks)", settings, ranks: ranks)
      #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
      #expect(
        try fixture.bytes("\(ranks)", "samples/step-00000002.png")
          == fixture.bytes("1", "samples/step-00000002.png"))
    }
  }

  @Test func `a run folder that not all ranks see is named, a new one and an old one`() async throws
  {
    let fixture = try TrainingFixture(pictures: 12)
    let settings = Self.settings(.plain, steps: 2)
    for _ in ["new", "old"] {
      let (errors, _) = await train(
        fixture, settings, on: { _ in fixture.pictures }, in: { fixture.run("run\($0)") })
      let text =
        "\(fixture.run("run0").path): rank 1 does not see it as rank 0 does; all processes need the "
        + "same files under the same paths, on a shared file system"
      #expect(errors.first == text)
      #expect(errors.last??.contains("rank 1 does not see it as rank 0 does") == true)
    }
  }

  @Test func `more ranks than images are refused`() async throws {
    let fixture = try TrainingFixture(pictures: 2)
    var settings = Self.settings(.plain, steps: 2)
    settings.validation = 0
    let errors = await train(fixture, "run", settings, ranks: 4)
    let text = "MPI: 4 processes cannot share 2 training images; start at most 2"
    #expect(errors == [text, text, text, text])
  }

  @Test func `an error of the first rank is known to all`() async throws {
    let fixture = try TrainingFixture(pictures: 12)
    try Data("a file".utf8).write(to: URL(filePath: fixture.run("run").path.string))
    let errors = await train(fixture, "run", Self.settings(.plain, steps: 2), ranks: 2)
    #expect(errors[0] != nil && errors[0] == errors[1], "\(errors)")
  }
}
