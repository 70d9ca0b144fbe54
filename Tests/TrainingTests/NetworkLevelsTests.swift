import Checkpoints
import Images
import Networks
import TestModels
import Testing
import Training

/// How many levels a network has for large images, and that it keeps them.
@Suite struct NetworkLevelsTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  private static func large() -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: 1)
    settings.size = ImageSize(width: 136, height: 136)
    settings.fit = .resize
    (settings.batch, settings.validation) = (1, 0)
    return settings
  }

  private func plan(_ name: String, _ settings: TrainingSettings) throws -> TrainingPlan {
    try TrainingPlan(inputs: [fixture.pictures], run: fixture.run(name), settings: settings)
  }

  @Test func `a new run on large images has more levels, and tells so`() throws {
    let plan = try plan("new", Self.large())
    #expect(plan.settings.levels == 4)
    #expect(plan.configuration.network.channelsPerLevel.count == 4)
    let choice = try #require(plan.choices.first { $0.name == "levels" })
    #expect(choice.value == "4" && choice.reason == "suits the size")
  }

  @Test func `a run of before networks had more levels goes on with its own`() throws {
    var settings = Self.large()
    settings.levels = 3
    try fixture.train("old", settings)
    #expect(try fixture.run("old").settings()?.levels == nil)
    settings = Self.large()
    settings.steps = 2
    let plan = try plan("old", settings)
    #expect(plan.configuration.network.channelsPerLevel.count == 3)
    #expect(try fixture.train("old", settings).outcome.step == 2)
  }

  @Test func `a model keeps its levels where it is tuned on larger images`() throws {
    try fixture.train("small", TrainingFixture.settings(steps: 1))
    let model = try DiffusionModel(fixture.run("small").path)
    var settings = try TrainingSettings(startingFrom: model, named: "small")
    settings.size = ImageSize(width: 136, height: 136)
    settings.fit = .resize
    settings.steps = 1
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("tuned"), settings: settings, start: model)
    #expect(plan.configuration.network == model.configuration.network)
  }

  @Test(arguments: [
    ("tiny", 9, "from 3 to 8"), ("ddpm", 3, "4 levels or more"), ("denoiser", 4, "3 levels"),
  ])
  func `levels that a network cannot have are refused`(
    preset: String, levels: Int, cause: String
  ) throws {
    var settings = TrainingSettings(preset: preset, recipe: nil)
    settings.levels = levels
    let error = try #require(throws: SettingError.self) { try plan("new", settings) }
    #expect(error.setting == "levels" && error.cause.contains(cause))
  }
}
