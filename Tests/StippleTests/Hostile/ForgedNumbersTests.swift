import Foundation
import FuzzTargets
import HDF5
import Stipple
import SystemPackage
import TestSupport
import Testing

/// Numbers in files with right checksums that no program of ours has written.
@Suite struct ForgedNumbersTests {
  private let folder: TemporaryFolder
  private var path: FilePath { folder / "a.h5" }

  init() throws { folder = try TemporaryFolder() }

  /// A run's state as a checkpoint has it, with a part replaced.
  private func state(_ change: [String: Any]) -> [String: Any] {
    let usual: [String: Any] = [
      "step": 3, "imagesSeen": 12, "seconds": 1.5, "skippedSteps": 0, "skippedInARow": 0,
      "trainingImages": 4,
    ]
    return usual.merging(change) { $1 }
  }

  private func write(
    run: [String: Any], training: [String: Any]? = nil, step: Int = 3, images: Int = 12,
    threads: Int = 1, history: [Int] = [1]
  ) throws {
    let model = try JSONSerialization.jsonObject(
      with: JSONEncoder().encode(TinyNetwork.configuration))
    var config: [String: Any] = ["model": model, "run": run]
    config["training"] = training
    let header = CheckpointHeader(
      creator: "stipple", created: "2026-05-01T12:00:00Z",
      config: String(
        decoding: try JSONSerialization.data(withJSONObject: config), as: UTF8.self),
      step: step, imagesSeen: images, threads: threads, cpu: "a processor", oneDNNVersion: "2.6.3")
    let parameters = try TinyNetwork.parameters()
    try withExtendedLifetime(parameters) {
      try CheckpointFile.write(
        to: path, header, parts: [(.model, parameters.namedTensors)],
        history: TrainingHistory(
          steps: history, columns: ["loss": history.map { _ in 0.5 }]))
    }
  }

  /// What is said of the file; nil where it is taken.
  private func refusal() throws -> String? {
    do {
      let file = try CheckpointFile(opening: path)
      _ = try CheckpointConfiguration(file)
      _ = try file.history()
      return nil
    } catch let error as FileFormatError {
      #expect("\(error)".hasPrefix("\(path): "))
      return "\(error)"
    }
  }

  @Test func `a state as it is written is taken`() throws {
    try write(run: state(["best": ["step": 2, "validationLoss": 0.1], "validationLoss": 0.2]))
    #expect(try refusal() == nil)
  }

  @Test(arguments: [
    "step", "imagesSeen", "skippedSteps", "skippedInARow", "trainingImages",
  ])
  func `a state with a number that no run comes to is refused by its name`(name: String) throws {
    for value in [-1, Int.min, .max] {
      try write(run: state([name: value]))
      let text = try #require(try refusal(), "\(name) \(value)")
      #expect(text.contains("run.\(name) is \(value), not in 0..."))
    }
  }

  @Test(arguments: [-1, 1e300]) func `so are absurd seconds`(seconds: Double) throws {
    try write(run: state(["seconds": seconds]))
    #expect(try refusal()?.contains("run.seconds is ") == true)
  }

  @Test func `so is a best checkpoint of a step that is not there yet`() throws {
    try write(run: state(["best": ["step": 4, "validationLoss": 0.1]]))
    #expect(try refusal()?.contains("run.best.step is 4, not in 0...3") == true)
  }

  @Test func `so are attributes and a history out of their ranges`() throws {
    try write(run: state([:]), step: -1)
    #expect(try refusal()?.contains("step is -1") == true)
    try write(run: state([:]), step: .max)
    #expect(try refusal()?.contains("step is \(Int.max)") == true)
    try write(run: state([:]), images: -5)
    #expect(try refusal()?.contains("images_seen is -5") == true)
    try write(run: state([:]), threads: -5)
    #expect(try refusal()?.contains("threads is -5") == true)
    try write(run: state([:]), history: [-3])
    #expect(try refusal()?.contains("/history/step is -3") == true)
  }

  @Test func `so is a setting out of its range`() throws {
    try write(run: state([:]), training: ["batch": 0])
    #expect(try refusal()?.hasSuffix("its setting batch: must be at least 1, got 0") == true)
  }

  @Test(arguments: [0, -1, Int.min]) func `versions begin with 1`(version: Int) throws {
    let file = try File.create(path)
    try file.root.setAttribute("format", "stipple-checkpoint")
    try file.root.setAttribute("format_version", version)
    try file.publish()
    #expect(
      try refusal()
        == "\(path): is inconsistent: its format version is \(version), and versions begin with 1"
    )
  }

  @Test(arguments: [1e200, -1e31]) func `features that would overflow are refused`(
    value: Double
  ) throws {
    let file = try File.create(path)
    try file.root.write("features", [1, 2, 3, value], shape: [2, 2])
    try file.publish()
    let error = #expect(throws: FileFormatError.self) { try FeatureComparison(path, path) }
    #expect(
      error?.description.contains("dataset features has a number out of range: ")
        == true)
  }
}
