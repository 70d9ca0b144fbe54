import CPU
import Compiler
import Foundation
import Graph
import Networks
import Stipple
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A folder with pictures, and runs of the smallest network on them.
struct TrainingFixture: Sendable {
  let folder: TemporaryFolder

  /// - Parameter pictures: how many flowers there are.
  init(pictures: Int = 16) throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(pictures, to: self.pictures)
  }

  /// Pictures in a folder for each of the classes.
  init(classes: [String], pictures: Int) throws {
    folder = try TemporaryFolder()
    for name in classes {
      try TestImages.copyFlowers(pictures, to: self.pictures.appending(name))
    }
  }

  var pictures: FilePath { folder / "pictures" }

  func run(_ name: String) -> RunFolder { RunFolder(folder / name) }

  /// Settings under which a step takes some milliseconds.
  static func settings(steps: Int?) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.preset = "tiny"
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
  func train(
    _ name: String, _ settings: TrainingSettings, images: [FilePath]? = nil, isStrict: Bool = false,
    shouldStop: () -> Bool = { false }
  ) throws -> (outcome: TrainingOutcome, notes: [String]) {
    let said = Said()
    let plan = try TrainingPlan(
      inputs: images ?? [pictures], run: run(name), settings: settings, isStrict: isStrict)
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

  func checkpoint(_ name: String, step: Int) -> FilePath {
    let digits = String(step)
    return run(name).path.appending("checkpoints").appending(
      "step-" + String(repeating: "0", count: 8 - digits.count) + digits + ".h5")
  }

  func snapshot(_ name: String, step: Int) throws -> CheckpointFile {
    let path = checkpoint(name, step: step)
    let file = run(name).path.appending("ema").appending(path.lastComponent?.string ?? "")
    return try CheckpointFile(opening: file, as: .averages)
  }

  /// The bytes of a file of a run.
  func bytes(_ name: String, _ file: String) throws -> Data {
    try Data(contentsOf: URL(filePath: run(name).path.appending(file).string))
  }

  /// The rows of `metrics.csv`, each as its cells by column.
  func metrics(_ name: String) throws -> [[String: String]] {
    let lines = String(decoding: try bytes(name, "metrics.csv"), as: UTF8.self)
      .split(separator: "\n")
    let columns = lines.first?.split(separator: ",").map(String.init) ?? []
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(columns, cells)) { $1 }
    }
  }

  /// All values of a part of a checkpoint, by parameter.
  func tensors(_ name: String, step: Int, _ part: CheckpointFile.Part) throws -> [String: [UInt32]]
  {
    try tensors(CheckpointFile(opening: checkpoint(name, step: step)), part)
  }

  /// All values of a part of a file.
  func tensors(_ file: CheckpointFile, _ part: CheckpointFile.Part) throws -> [String: [UInt32]] {
    let configuration = try CheckpointConfiguration(file)
    let store = try ParameterStore(configuration.model.network.parameters, on: .cpu)
    try file.read(part, into: store.namedTensors)
    return Dictionary(
      uniqueKeysWithValues: store.declarations.map { ($0.name, store[$0.name].map(\.bitPattern)) })
  }
}

/// Stops after a number of questions.
struct StopAfter {
  private var left: Int
  init(_ steps: Int) { left = steps }

  mutating func ask() -> Bool {
    left -= 1
    return left <= 0
  }
}
