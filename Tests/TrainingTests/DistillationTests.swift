import CPU
import Checkpoints
import Compiler
import Diffusion
import Distributed
import Files
import Foundation
import HDF5
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// Consistency tuning of a trained model.
@Suite(.serialized) struct DistillationTests {
  /// PyTorch's autograd (`make_consistency.py`): as the squared error counts for its weight, its gradient is the loss's.
  @Test(arguments: Objective.allCases)
  func `loss and gradient are those of PyTorch`(objective: Objective) throws {
    let root = try File.open(GoldenFolder.file("consistency.h5")).root
    let schedule = try NoiseSchedule(.init(kind: .edm))
    for number in 0..<3 {
      let group = try root.group("loss").group(objective.rawValue).group("\(number)")
      func values(_ name: String) throws -> [Float] {
        let doubles: [Double] = try group.dataset(name).read()
        return doubles.map(Float.init)
      }
      let (x0, eps, above) = (try values("x_0"), try values("eps"), try values("above"))
      let slope: [Double] = try group.dataset("slope").read()
      let (t, r) = (try group.attribute("t").double(), try group.attribute("r").double())
      let timestep = schedule.timestep(forNoiseLevel: t)
      let batch = ConsistencyBatch(
        schedule, objective, xt: ForwardProcess(schedule).noised(x0, at: timestep, epsilon: eps),
        x0: x0, epsilon: eps, timesteps: [timestep], level: { _ in r })
      #expect(batch.hasLower == (r > 0))
      let aim = batch.aim(output: above, lowerOutput: r > 0 ? try values("below") : nil)
      let loss = try group.attribute("loss").double()
      #expect(abs(aim.losses[0] / loss - 1) < 1e-4)
      let largest = slope.map(abs).max() ?? 0
      for i in slope.indices {
        let own =
          2 * Double(aim.weights[0]) * Double(above[i] - aim.targets[i]) / Double(above.count)
        #expect(abs(own - slope[i]) < 1e-4 * largest, "\(objective) \(number)")
      }
    }
  }

  struct Path: CustomTestStringConvertible, Sendable {
    var schedule: String
    var objective: Objective
    var testDescription: String { "\(schedule), \(objective)" }
  }

  static let paths = [
    Path(schedule: "linear", objective: .epsilon), Path(schedule: "cosine", objective: .velocity),
    Path(schedule: "linear", objective: .image), Path(schedule: "flow", objective: .flow),
    Path(schedule: "edm", objective: .edm),
  ]

  private static func teacherSettings(_ path: Path, steps: Int = 30) -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: steps)
    (settings.schedule, settings.objective) = (path.schedule, path.objective)
    return settings
  }

  private func teacher(_ fixture: TrainingFixture, _ settings: TrainingSettings) throws
    -> DiffusionModel
  {
    try fixture.train("teacher", settings)
    return try DiffusionModel(fixture.run("teacher").path)
  }

  private func settings(
    _ teacher: DiffusionModel, steps: Int, change: (inout TrainingSettings) -> Void = { _ in }
  ) -> TrainingSettings {
    var settings = TrainingSettings(
      distilling: teacher, named: "teacher", steps: 2, trainingSteps: 16)
    (settings.steps, settings.checkpointEvery, settings.sampleEvery) = (steps, 4, 0)
    change(&settings)
    return settings
  }

  @discardableResult
  private func distill(
    _ fixture: TrainingFixture, _ name: String, _ teacher: DiffusionModel?,
    _ settings: TrainingSettings, processes: ProcessGroup = .alone,
    shouldStop: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run(name), settings: settings, teacher: teacher,
      processes: processes)
    return try Trainer(plan, run: fixture.run(name)) { _ in }.run(shouldStop: shouldStop)
  }

  @Test(arguments: paths)
  func `models of every path are tuned from their own weights`(path: Path) throws {
    let fixture = try TrainingFixture()
    let teacher = try teacher(fixture, Self.teacherSettings(path))
    let settings = settings(teacher, steps: 6) { ($0.learningRate, $0.checkpointEvery) = (1e-9, 1) }
    try distill(fixture, "student", teacher, settings)
    var single = settings
    single.distillation?.steps = 1
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("single"), settings: single, teacher: teacher)
    #expect(
      plan.summary.contains { $0.contains("one step of a model that predicts noise") }
        == (path.objective == .epsilon))
    let student = try DiffusionModel(fixture.run("student").path)
    #expect(student.configuration.usualSampling == .init(.consistency, steps: 2))
    var same = student.configuration
    same.usualSampling = nil
    #expect(same == teacher.configuration)
    let (weights, own) = (student.parameters.bits, teacher.parameters.bits)
    #expect(weights.keys == own.keys)
    for (name, bits) in own {
      let moved = zip(bits, weights[name] ?? []).map {
        abs(Float(bitPattern: $0) - Float(bitPattern: $1))
      }
      #expect(moved.count == bits.count && moved.allSatisfy { $0 < 1e-6 }, "\(name)")
    }
    #expect(own != weights)
    let losses = try fixture.metrics("student").map { Double($0["loss"] ?? "") ?? .nan }
    #expect(losses.count == 6 && losses.allSatisfy { $0 > 0 && $0.isFinite })
    #expect(
      try fixture.metrics("student").allSatisfy { Double($0["validation_loss"] ?? "") != nil })
    let drawn = try Generator(student, GenerationSettings(for: student)).images([0, 1])
    #expect(drawn.allSatisfy { $0.isFinite })
  }

  @Test(arguments: [TrainingSettings.Precision.f32, .bf16].filter(\.isSupported))
  func `N steps straight and in pieces leave the same bytes`(
    precision: TrainingSettings.Precision
  ) throws {
    let fixture = try TrainingFixture()
    let teacher = try teacher(fixture, Self.teacherSettings(Self.paths[3]))
    func settings(_ steps: Int) -> TrainingSettings {
      self.settings(teacher, steps: steps) {
        ($0.dropout, $0.accumulate, $0.flip, $0.precision) = (0.2, 2, true, precision)
      }
    }
    try distill(fixture, "straight", teacher, settings(17))
    var stop = StopAfter(3)
    let stopped = try distill(
      fixture, "pieces", teacher, settings(17), shouldStop: { stop.ask() })
    #expect(stopped.wasInterrupted && stopped.step == 3)
    try distill(fixture, "pieces", teacher, settings(9))
    #expect(try distill(fixture, "pieces", teacher, settings(17)).stepsNow == 8)
    for part in try CheckpointFile(opening: fixture.checkpoint("straight", step: 17)).parts() {
      #expect(
        try fixture.tensors("straight", step: 17, part)
          == fixture.tensors("pieces", step: 17, part), "\(part)")
    }
    #expect(
      try fixture.bytes("straight", "metrics.csv") == fixture.bytes("pieces", "metrics.csv"))
  }

  @Test func `losses do not depend on the number of processes`() async throws {
    let fixture = try TrainingFixture()
    let teacher = try teacher(fixture, Self.teacherSettings(Self.paths[3]))
    let settings = settings(teacher, steps: 12) {
      ($0.dropout, $0.threads, $0.batch, $0.precision) = (0.1, 1, 4, .f32)
    }
    for ranks in [1, 2] {
      let errors = await ThreadCommunicator.run(ranks) { communicator -> String? in
        do {
          // Programs of one model belong to one thread.
          let own = try DiffusionModel(fixture.run("teacher").path)
          try self.distill(
            fixture, "\(ranks)", own, settings, processes: ProcessGroup(communicator))
          return nil
        } catch {
          return "\(error)"
        }
      }
      #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
    }
    let (alone, shared) = (try fixture.metrics("1"), try fixture.metrics("2"))
    #expect(alone.count == 12 && shared.count == 12)
    for (a, b) in zip(alone, shared) {
      let (x, y) = (Double(a["loss"] ?? "") ?? .nan, Double(b["loss"] ?? "") ?? .nan)
      #expect(abs(x / y - 1) < 1e-3, "\(x) \(y)")
    }
  }

  @Test func `the network comes to agree with itself along a way`() throws {
    let fixture = try TrainingFixture(pictures: 48)
    var settings = Self.teacherSettings(Self.paths[3], steps: 150)
    (settings.batch, settings.learningRate) = (8, 2e-3)
    let teacher = try teacher(fixture, settings)
    try distill(
      fixture, "student", teacher,
      self.settings(teacher, steps: 120) {
        ($0.learningRate, $0.warmup, $0.checkpointEvery) = (1e-3, 10, 20)
        $0.distillation?.stage = 10
      })
    let losses = try fixture.metrics("student").compactMap { Double($0["validation_loss"] ?? "") }
    #expect(losses.count == 6 && losses[5] < losses[0], "\(losses)")
  }

  @Test func `what cannot be distilled is refused`() throws {
    let fixture = try TrainingFixture()
    let teacher = try teacher(fixture, Self.teacherSettings(Self.paths[0], steps: 2))
    let usual = settings(teacher, steps: 4)
    func refusal(_ teacher: DiffusionModel?, _ settings: TrainingSettings) -> String {
      do {
        try distill(fixture, "none", teacher, settings)
        return "nothing refused"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      refusal(nil, usual).contains("this run distills teacher; continue it with stipple distill"))
    var other = usual
    other.distillation?.fingerprint = "0123456789abcdef"
    #expect(refusal(teacher, other).contains("distills other weights (0123456789abcdef)"))
    var many = usual
    many.distillation?.steps = 1001
    #expect(
      refusal(teacher, many).contains("must be from 1 to 1000 (the model's timesteps), got 1001"))
    var recording = usual
    recording.recordBatches = Recording("every=1")
    #expect(refusal(teacher, recording).contains("cannot be combined with a distillation"))
    let learned = try TinyModel.make(TinyModel.learningVariance(), variance: .learned)
    #expect(
      refusal(
        learned, TrainingSettings(distilling: learned, named: "m", steps: 1, trainingSteps: 1)
      )
      .contains("has learned variances"))
  }
}
