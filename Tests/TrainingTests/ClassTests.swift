import Checkpoints
import Compiler
import Foundation
import Graph
import Restoration
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// Networks that are told what an image shows.
@Suite struct ClassTests {
  private static func settings(steps: Int) -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: steps)
    settings.classes = .folders
    settings.classDropout = 0.3
    settings.accumulate = 2
    return settings
  }

  @Test func `a run with classes that stops and goes on leaves the same bytes`() throws {
    let fixture = try TrainingFixture(classes: ["b10", "b9", "a"], pictures: 6)
    try fixture.train("straight", Self.settings(steps: 6))
    try fixture.train("pieces", Self.settings(steps: 2))
    try fixture.train("pieces", Self.settings(steps: 6))
    for part in try CheckpointFile(opening: fixture.checkpoint("straight", step: 6)).parts() {
      #expect(
        try fixture.tensors("straight", step: 6, part) == fixture.tensors("pieces", step: 6, part))
    }
    #expect(
      try fixture.bytes("straight", "metrics.csv") == fixture.bytes("pieces", "metrics.csv"))

    let model = try DiffusionModel(fixture.run("pieces").path)
    #expect(model.configuration.classNames == ["a", "b9", "b10"])
    // A class for images of none.
    #expect(model.parameters["class_embedding.weight"].count == 4 * 128)
    // Every row has been learned: the images of none are those whose class was dropped.
    let first = try fixture.tensors("straight", step: 6, .firstMoment)["class_embedding.weight"]
    let moments = try #require(first)
    for row in 0..<4 { #expect(moments[(128 * row)..<(128 * row + 128)].contains { $0 != 0 }) }
  }

  @Test func `folders of classes that were renamed are named`() throws {
    let fixture = try TrainingFixture(classes: ["cat", "dog"], pictures: 3)
    try fixture.train("run", Self.settings(steps: 1))
    try FileManager.default.moveItem(
      atPath: fixture.pictures.appending("dog").string,
      toPath: fixture.pictures.appending("dogs").string)
    #expect(
      throws: RunError.cannotContinue(
        fixture.run("run").path,
        cause: "step-00000001.h5 was trained with other classes: dog is missing, and dogs is new; "
          + "rename the folders back, or train in another run folder")
    ) { try fixture.train("run", Self.settings(steps: 2)) }
  }

  @Test func `a class that was added, or taken away, is told with what to do`() throws {
    let fixture = try TrainingFixture(classes: ["a", "b"], pictures: 3)
    let two = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: Self.settings(steps: 1)
    ).configuration
    var three = two
    three.classNames = ["a", "b", "c"]
    #expect(
      two.differenceOfClasses(from: three)
        == "c is new; leave out the new folders, or train in another run folder")
    #expect(
      three.differenceOfClasses(from: two)
        == "c is missing; put the missing folders back, or train in another run folder")
  }

  @Test func `a column of the samples shows one class`() {
    #expect(SampleSheet.columns(6, classes: nil) == 6)
    #expect([2, 3, 4, 5, 10, 12].allSatisfy { SampleSheet.columns(6, classes: $0) % $0 == 0 })
    #expect(SampleSheet.columns(6, classes: 100) == 6)
  }

  @Test func `a network that classes are not kept from knows no images of none`() throws {
    let fixture = try TrainingFixture(classes: ["a", "b"], pictures: 6)
    var settings = Self.settings(steps: 1)
    settings.classDropout = 0
    try fixture.train("run", settings)
    let model = try DiffusionModel(fixture.run("run").path)
    #expect(model.parameters["class_embedding.weight"].count == 2 * 128)
    let found = refusal(in: "/nowhere") { _ = try Generator(model, GenerationSettings()) }
    #expect(found == "`class`: this model needs a class: a, b")
    // Taking noise out, it would be told the first one without a word.
    var job = DenoisingJob(inputs: [fixture.pictures], output: fixture.folder / "out")
    job.sigma = 10
    let denoising = refusal(in: "/nowhere") {
      _ = try job.plan(Denoiser(model, method: .mean))
    }
    #expect(
      denoising == "the model is class-conditional and was trained without class dropout, so it "
        + "cannot denoise images of unknown class; train it with stipple train --class-dropout")
  }

  @Test func `one image outside of the classes is to be moved`() throws {
    let fixture = try TrainingFixture(classes: ["a", "b"], pictures: 2)
    try FileManager.default.copyItem(
      atPath: fixture.pictures.appending("a/000000.png").string,
      toPath: fixture.pictures.appending("z.png").string)
    let error = #expect(throws: SettingError.self) {
      try fixture.train("run", Self.settings(steps: 1))
    }
    #expect(
      error?.description.hasSuffix("/z.png is not in a class subfolder; move it into one, or away")
        == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    ([String](), "is not in a class subfolder"),
    (["a"], "classes need several subfolders, but all images are in one, a"),
    (["a", "all"], "a class cannot be called all; rename its folder"),
    (["a", "folders"], "a class cannot be called folders; rename its folder"),
  ])
  func `images without classes are refused`(classes: [String], text: String) throws {
    let fixture = try classes.isEmpty ? TrainingFixture() : .init(classes: classes, pictures: 3)
    let error = #expect(throws: SettingError.self) {
      try fixture.train("run", Self.settings(steps: 1))
    }
    #expect(error.map { "\($0)" }?.contains(text) == true)
  }
}
