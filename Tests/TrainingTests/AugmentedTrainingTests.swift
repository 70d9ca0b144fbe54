import Checkpoints
import Compiler
import Files
import Graph
import Images
import Networks
import Sampling
import SystemPackage
import TestModels
import Testing
import Training

@Suite struct AugmentedTrainingTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture(pictures: 8) }

  private var settings: TrainingSettings {
    var settings = TrainingFixture.settings(steps: 6)
    settings.checkpointEvery = 3
    settings.augment = nil
    return settings
  }

  @Test func `few images are augmented, and the run says so and keeps it`() throws {
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: settings)
    #expect(plan.settings.augment == Augmentation.usualProbability)
    #expect(
      plan.summary.contains { $0.hasPrefix("augmentation: each transform with probability 0.12") })
    var none = settings
    none.augment = 0
    let plain = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: none)
    #expect(plain.configuration.network.augmentationLabels == nil)
    #expect(!plain.summary.contains { $0.contains("augmentation") })
  }

  @Test func `a stopped run continues to the same weights`() throws {
    try fixture.train("whole", settings)
    var asked = 0
    try fixture.train("parts", settings) {
      asked += 1
      return asked > 2
    }
    try fixture.train("parts", settings)
    let (whole, parts) = (
      try DiffusionModel(fixture.checkpoint("whole", step: 6)),
      try DiffusionModel(fixture.checkpoint("parts", step: 6))
    )
    for name in whole.parameters.declarations.map(\.name) {
      #expect(whole.parameters[name] == parts.parameters[name], "\(name)")
    }
    #expect(whole.parameters["augment_embedding.weight"].contains { $0 != 0 })
  }

  @Test func `generation is the same without what the network learned of changes`() throws {
    try fixture.train("run", settings)
    let model = try DiffusionModel(fixture.checkpoint("run", step: 6))
    var drawing = GenerationSettings()
    drawing.steps = 3
    func drawn() throws -> [Float] {
      let generator = try Generator(model, drawing)
      return try generator.images([0, 1], from: generator.initialNoise([0, 1])) { _ in }
    }
    let before = try drawn()
    let name = "augment_embedding.weight"
    model.parameters[name] = model.parameters[name].map { _ in 7 }
    #expect(try drawn() == before)
  }

  @Test func `recorded batches tell how they were changed, and train the same weights`() throws {
    var settings = settings
    settings.augment = 0.9
    settings.recordBatches = Recording("first=6")
    try fixture.train("first", settings)
    var replay = settings
    replay.recordBatches = nil
    replay.replay = fixture.run("first").path.string
    replay.augment = nil
    try fixture.train("second", replay, images: [])
    let (first, second) = (
      try DiffusionModel(fixture.checkpoint("first", step: 6)),
      try DiffusionModel(fixture.checkpoint("second", step: 6))
    )
    #expect(
      first.parameters["augment_embedding.weight"] == second.parameters["augment_embedding.weight"])
    replay.augment = 0
    let error = #expect(throws: TrainingError.self) {
      try fixture.train("third", replay, images: [])
    }
    #expect(error?.description.contains("recorded with augmentation; remove `augment`") == true)
  }
}
