internal import CPU
package import Checkpoints
internal import Compiler
package import Foundation
internal import Graph
import Images
internal import Networks
internal import Synchronization
package import SystemPackage
package import TestSupport
internal import Testing
package import Training

/// A folder with pictures, and runs of the smallest network on them.
package struct TrainingFixture: Sendable {
  package let folder: TemporaryFolder

  /// - Parameter pictures: how many flowers there are.
  package init(pictures: Int = 16) throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(pictures, to: self.pictures)
  }

  /// Pictures in a folder for each of the classes.
  package init(classes: [String], pictures: Int) throws {
    folder = try TemporaryFolder()
    for name in classes {
      try TestImages.copyFlowers(pictures, to: self.pictures.appending(name))
    }
  }

  package var pictures: FilePath { folder / "pictures" }

  package func run(_ name: String) -> RunFolder { RunFolder(folder / name) }

  /// Settings under which a step takes some milliseconds.
  package static func settings(steps: Int?) -> TrainingSettings {
    var settings = TrainingSettings(preset: "tiny", recipe: .ddpm)
    settings.size = ImageSize(width: 16, height: 16)
    settings.batch = 4
    settings.steps = steps
    settings.learningRate = 1e-3
    settings.warmup = 5
    settings.validation = 0.25
    settings.sampleEvery = 0
    return settings
  }

  /// Trains, on the pictures unless told, and gives what came of it with everything that was said.
  @discardableResult
  package func train(
    _ name: String, _ settings: TrainingSettings, images: [FilePath]? = nil, isStrict: Bool = false,
    startingFrom start: DiffusionModel? = nil, shouldStop: () -> Bool = { false }
  ) throws -> (outcome: TrainingOutcome, notes: [String]) {
    let said = Said()
    let plan = try TrainingPlan(
      inputs: images ?? [pictures], run: run(name), settings: settings, isStrict: isStrict,
      start: start)
    let trainer = Trainer(plan, run: run(name), isStrict: isStrict) { event in
      if case .note(let text) = event { said.add(text) }
    }
    return (try trainer.run(shouldStop: shouldStop), said.texts)
  }

  private final class Said: Sendable {
    private let notes = Mutex<[String]>([])
    func add(_ text: String) { notes.withLock { $0.append(text) } }
    var texts: [String] { notes.withLock { $0 } }
  }

  package func checkpoint(_ name: String, step: Int) -> FilePath {
    let digits = String(step)
    return run(name).path.appending("checkpoints").appending(
      "step-" + String(repeating: "0", count: 8 - digits.count) + digits + ".h5")
  }

  package func snapshot(_ name: String, step: Int) throws -> CheckpointFile {
    let path = checkpoint(name, step: step)
    let file = run(name).path.appending("ema").appending(path.lastComponent?.string ?? "")
    return try CheckpointFile(opening: file, as: .averages)
  }

  /// The bytes of a file of a run.
  package func bytes(_ name: String, _ file: String) throws -> Data {
    try Data(contentsOf: URL(filePath: run(name).path.appending(file).string))
  }

  /// The rows of `metrics.csv`, each as its cells by column.
  package func metrics(_ name: String) throws -> [[String: String]] {
    let lines = String(decoding: try bytes(name, "metrics.csv"), as: UTF8.self)
      .split(separator: "\n")
    let columns = lines.first?.split(separator: ",").map(String.init) ?? []
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(columns, cells)) { $1 }
    }
  }

  /// All values of a part of a checkpoint, by parameter.
  package func tensors(_ name: String, step: Int, _ part: CheckpointFile.Part) throws -> [String:
    [UInt32]]
  {
    try tensors(CheckpointFile(opening: checkpoint(name, step: step)), part)
  }

  /// All values of a part of a file.
  package func tensors(_ file: CheckpointFile, _ part: CheckpointFile.Part) throws -> [String:
    [UInt32]]
  {
    let configuration = try CheckpointConfiguration(file)
    let store = try ParameterStore(configuration.model.network.parameters, on: .cpu)
    try file.read(part, into: store.namedTensors)
    return Dictionary(
      uniqueKeysWithValues: store.declarations.map { ($0.name, store[$0.name].map(\.bitPattern)) })
  }
}

/// Stops after a number of questions.
package struct StopAfter {
  private var left: Int
  package init(_ steps: Int) { left = steps }

  package mutating func ask() -> Bool {
    left -= 1
    return left <= 0
  }
}
