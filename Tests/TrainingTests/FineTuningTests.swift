import Checkpoints
import Diffusion
import Foundation
import Images
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// Training that starts from another model's weights.
@Suite(.serialized) struct FineTuningTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  /// Trains from the weights of the run `old`.
  private func fineTune(
    _ name: String, changing change: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> (outcome: TrainingOutcome, notes: [String]) {
    let path = fixture.run("old").path
    let model = try DiffusionModel(path)
    var settings = try TrainingSettings(startingFrom: model, named: path.string)
    settings.steps = 1
    settings.validation = 0.25
    settings.sampleEvery = 0
    settings.batch = 4
    change(&settings)
    return try fixture.train(name, settings, startingFrom: model)
  }

  @Test func `the first step begins at the model's averaged weights`() throws {
    try fixture.train("old", TrainingFixture.settings(steps: 3))
    // So small a step that no weight of float32 moves.
    let notes = try fineTune("new") {
      $0.learningRate = 1e-30
      $0.weightDecay = 0
    }.notes
    let average = try fixture.tensors("old", step: 3, .average)
    #expect(try fixture.tensors("new", step: 1, .model) == average)
    #expect(!notes.isEmpty)
    // What the model was trained with is kept, where it ends is not.
    let settings = try #require(try fixture.run("new").settings())
    #expect(settings.preset == "tiny" && settings.recipe == .ddpm && settings.objective == .epsilon)
    #expect(settings.startFrom == fixture.run("old").path.string)
  }

  @Test func `what the model brings is told as the model's, and nothing of first images`() throws {
    try fixture.train("old", TrainingFixture.settings(steps: 1))
    let model = try DiffusionModel(fixture.run("old").path)
    var settings = try TrainingSettings(startingFrom: model, named: "old")
    settings.steps = 5
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("new"), settings: settings, start: model)
    let reasons = plan.choices.map { "\($0.name): \($0.reason)" }
    #expect(
      reasons == [
        "size: from the model", "channels: from the model", "preset: from the model",
        "recipe: from the model", "batch: from the model", "augment: from the model",
        "steps: given",
      ])
    #expect(plan.stepsToFirstImages == nil)
    #expect(!plan.warnings.contains { $0.kind == .fewSteps })
  }

  @Test func `a run goes on without the model that it started from`() throws {
    try fixture.train("old", TrainingFixture.settings(steps: 3))
    _ = try fineTune("new")
    try FileManager.default.removeItem(atPath: fixture.run("old").path.string)
    var settings = try #require(try fixture.run("new").settings())
    settings.steps = 2
    #expect(try fixture.train("new", settings).outcome.stepsNow == 1)
  }

  @Test func `a run that was ended before its first checkpoint begins at the model again`() throws {
    try fixture.train("old", TrainingFixture.settings(steps: 1))
    var settings = TrainingFixture.settings(steps: 1)
    settings.startFrom = fixture.run("old").path.string
    try fixture.train("new", settings)
    let first = try fixture.tensors("new", step: 1, .model)
    try FileManager.default.removeItem(atPath: fixture.checkpoint("new", step: 1).string)
    #expect(try fixture.run("new").hasSteps)
    try fixture.train("new", settings)
    #expect(try fixture.tensors("new", step: 1, .model) == first)
  }

  @Test func `the model is read where nobody has`() throws {
    try fixture.train("old", TrainingFixture.settings(steps: 1))
    var settings = TrainingFixture.settings(steps: 1)
    settings.startFrom = fixture.run("old").path.string
    (settings.learningRate, settings.weightDecay) = (1e-30, 0)
    try fixture.train("new", settings)
    let average = try fixture.tensors("old", step: 1, .average)
    #expect(try fixture.tensors("new", step: 1, .model) == average)
  }

  @Test func `what a network is told beside the image may differ`() throws {
    let fixture = try TrainingFixture(classes: ["a", "b"], pictures: 8)
    var settings = TrainingFixture.settings(steps: 2)
    settings.augment = 0.5
    try fixture.train("old", settings)
    let model = try DiffusionModel(fixture.run("old").path)
    settings = try TrainingSettings(startingFrom: model, named: "old")
    settings.classes = .folders
    (settings.augment, settings.steps, settings.sampleEvery) = (0, 1, 0)
    (settings.learningRate, settings.weightDecay) = (1e-30, 0)
    try fixture.train("new", settings, startingFrom: model)
    let (old, new) = (
      try fixture.tensors("old", step: 2, .average), try fixture.tensors("new", step: 1, .model)
    )
    #expect(new["class_embedding.weight"] != nil && old["class_embedding.weight"] == nil)
    #expect(old["augment_embedding.weight"] != nil && new["augment_embedding.weight"] == nil)
    #expect(new["conv_in.weight"] == old["conv_in.weight"])
  }

  @Test func `images without the classes of the model are told where these are from`() throws {
    let fixture = try TrainingFixture(classes: ["a", "b"], pictures: 4)
    var settings = TrainingFixture.settings(steps: 1)
    settings.classes = .folders
    try fixture.train("old", settings)
    let model = try DiffusionModel(fixture.run("old").path)
    settings = try TrainingSettings(startingFrom: model, named: "old")
    (settings.steps, settings.sampleEvery) = (1, 0)
    let one = [fixture.pictures.appending("a")]
    let error = #expect(throws: SettingError.self) {
      try fixture.train("new", settings, images: one, startingFrom: model)
    }
    #expect(error?.setting == "classes")
    #expect(
      error?.cause.hasSuffix(
        "/000000.png is not in a class subfolder; give the folder that contains the class "
          + "subfolders; or give `classes` none, since the classes are taken over from old") == true
    )
    settings.classes = .none
    #expect(
      try fixture.train("new", settings, images: one, startingFrom: model).outcome.step == 1)
  }

  @Test func `another network and other channels are refused`() throws {
    try fixture.train("old", TrainingFixture.settings(steps: 1))
    let old = fixture.run("old").path
    #expect(
      throws: SettingError(
        "start-from",
        cause:
          "\(old) has another network than preset small with 3 levels; leave out `preset` and "
          + "`levels` to use the model's own")
    ) {
      try fineTune("new") { $0.preset = "small" }
    }
    #expect(
      throws: SettingError("start-from", cause: "\(old) is for RGB images; give `channels` 3")
    ) {
      try fineTune("new") { $0.channels = 1 }
    }
  }
}
