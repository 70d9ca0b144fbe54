import Checkpoints
import Compiler
import Conversion
import Diffusion
import Foundation
import Graph
import Networks
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Distilled models for diffusers' `CMStochasticIterativeScheduler`.
@Suite struct ConsistencyExportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func model(
    _ kind: NoiseSchedule.Kind = .edm, _ objective: Objective = .edm, steps: Int
  ) throws -> DiffusionModel {
    let model = try TinyModel.make(
      schedule: .init(kind: kind, timesteps: 100), objective: objective)
    var configuration = model.configuration
    configuration.usualSampling = .init(.consistency, steps: steps)
    return try DiffusionModel(
      configuration, parameters: model.parameters, step: 0, fingerprint: model.fingerprint)
  }

  /// sin and cos of a number that tells a level, as `UNet2DModel` has them by default: cosines first.
  private func waves(_ t: Double, channels: Int) -> [Double] {
    (0..<channels).map { c in
      let angle = t * pow(10000, -Double(c % (channels / 2)) / Double(channels / 2))
      return c < channels / 2 ? cos(angle) : sin(angle)
    }
  }

  @Test(arguments: [1, 2, 4])
  func `at the scheduler's levels the network is told what it knows`(steps: Int) throws {
    let model = try model(steps: steps)
    let inPython = try model.exportDiffusers(to: folder / "out")
    #expect(inPython.contains("CMStochasticIterativeScheduler.from_pretrained"))
    let text = try String(
      contentsOfFile: (folder / "out/scheduler_config.json").string, encoding: .utf8)
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(json["_class_name"] as? String == "CMStochasticIterativeScheduler")
    #expect(json["num_train_timesteps"] as? Int == max(2, 2 * steps - 1))
    for (key, value) in [
      ("sigma_min", 0.0), ("sigma_max", 80), ("sigma_data", 0.5), ("rho", 5), ("s_noise", 1),
    ] { #expect(json[key] as? Double == value, "\(key)") }
    #expect(
      !(try FileManager.default.contentsOfDirectory(atPath: (folder / "out").string))
        .contains("model_index.json"))

    // Stipple reads no such scheduler.
    try FileManager.default.removeItem(atPath: (folder / "out/scheduler_config.json").string)
    let weights = try DiffusersFolder(reading: folder / "out").readParameters(on: Machine.backend)
    let name = "time_embedding.linear_1.weight"
    for declaration in weights.declarations where declaration.name != name {
      #expect(weights[declaration.name] == model.parameters[declaration.name])
    }
    let (before, after) = (model.parameters[name], weights[name])
    #expect(before != after)
    let channels = 16
    let levels = try Sampler.consistency.plan(.trailing, steps: steps, of: model.schedule)
      .timesteps.map { model.schedule.noiseLevel(at: $0) }
    for level in levels {
      let old = waves(log(level) / 4, channels: channels)
      let new = waves(250 * log(level), channels: channels)
      for first in stride(from: 0, to: before.count, by: channels) {
        let a = zip(before[first...], old).reduce(0) { $0 + Double($1.0) * $1.1 }
        let b = zip(after[first...], new).reduce(0) { $0 + Double($1.0) * $1.1 }
        #expect(abs(a - b) < 1e-3, "\(level)")
      }
    }
  }

  @Test func `what diffusers cannot sample is refused`() throws {
    let flow = try model(.flow, .flow, steps: 2)
    let path = folder / "no"
    #expect(
      throws: ConversionError.distilledUnknownToDiffusers(path, schedule: "flow", objective: "flow")
    ) { try flow.exportDiffusers(to: path) }
    let many = try model(steps: 10)
    #expect(throws: ConversionError.manySteps(path, steps: 10, most: 9)) {
      try many.exportDiffusers(to: path)
    }
    #expect(!FileManager.default.fileExists(atPath: path.string))
    // As a model file it keeps what it was made for.
    try flow.exportModel(to: folder / "flow.h5", as: .float32)
    let read = try DiffusionModel(folder / "flow.h5")
    #expect(read.configuration.usualSampling == .init(.consistency, steps: 2))
    #expect(GenerationSettings(for: read).steps == 2)
  }
}
