import CPU
import Checkpoints
import Compiler
import Conversion
import Foundation
import Graph
import Networks
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Averages put together from a run's snapshots, against those of its steps' own weights.
@Suite struct PostHocAverageTests {
  /// A run whose every step is kept, with a snapshot every other.
  private func trained(steps: Int) throws -> TrainingFixture {
    let fixture = try TrainingFixture()
    var settings = TrainingFixture.settings(steps: steps)
    settings.checkpointEvery = 1
    settings.keep = 100
    settings.validation = 0
    settings.snapshotEvery = 2
    try fixture.train("run", settings)
    return fixture
  }

  private func weights(_ file: CheckpointFile, _ part: CheckpointFile.Part) throws -> [Double] {
    let store = try ParameterStore(
      try CheckpointConfiguration(file).model.network.parameters, on: .cpu)
    try file.read(part, into: store.namedTensors)
    return store.declarations.flatMap { store[$0.name].map(Double.init) }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  @Test func `averages of any length are near those of all steps`() throws {
    let steps = 20
    let fixture = try trained(steps: steps)
    let models = try (1...steps).map {
      try weights(CheckpointFile(opening: fixture.checkpoint("run", step: $0)), .model)
    }
    let traveled = distance(models[0], models[steps - 1])
    for (length, limit) in [(0.05, 1e-5), (0.08, 3e-3), (0.10, 1e-5), (0.15, 6e-3)] {
      let average = PowerFunctionAverage(length: length)
      var direct = models[0]
      for step in 2...steps {
        let part = 1 - average.decay(step)
        for i in direct.indices { direct[i] += (models[step - 1][i] - direct[i]) * part }
      }
      let path = fixture.folder / "\(length).h5"
      let found = try PostHocAverage(of: fixture.run("run"), length: length)
      #expect(found.step == steps && found.origin.snapshots == (1...10).map { 2 * $0 })
      #expect(try found.write(to: path))
      let put = try weights(CheckpointFile(opening: path), .average)
      #expect(distance(put, direct) < limit * traveled, "\(length)")
    }
  }

  @Test func `an earlier step's average takes nothing of later ones`() throws {
    let fixture = try trained(steps: 6)
    let average = try PostHocAverage(of: fixture.run("run"), length: 0.10, step: 4)
    #expect(average.origin.snapshots == [2, 4] && average.step == 4)
    try average.write(to: fixture.folder / "a.h5")
    let put = try weights(CheckpointFile(opening: fixture.folder / "a.h5"), .average)
    let kept = try weights(fixture.snapshot("run", step: 4), .longAverage)
    #expect(distance(put, kept) < 1e-5)
    #expect(try !average.write(to: fixture.folder / "a.h5"), "written twice")
    let text = refusal(in: fixture.folder.path) {
      try PostHocAverage(of: fixture.run("run"), length: 0.10).write(to: fixture.folder / "a.h5")
    }
    #expect(
      text
        == "a.h5: already exists with other contents; give another name, or `overwrite` to replace it"
    )
    // A snapshot is exported as a model with its average.
    let snapshot = try DiffusionModel(
      snapshot: fixture.run("run").path.appending("ema/step-00000004.h5"))
    try snapshot.exportModel(to: fixture.folder / "b.h5", as: .float32)
    #expect(try weights(CheckpointFile(opening: fixture.folder / "b.h5"), .average) == kept)
    // All that uses a checkpoint takes it, and only its average.
    let model = try DiffusionModel(fixture.folder / "a.h5")
    #expect(model.step == 4)
    #expect(
      refusal(in: fixture.folder.path) {
        _ = try DiffusionModel(fixture.folder / "a.h5", weights: .model)
      } == "a.h5: has no latest weights, only averaged ones; use `weights` ema")
  }
}
