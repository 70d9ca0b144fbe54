import Checkpoints
import Foundation
import Images
import SystemPackage
import TestSupport
import Testing
import Training

/// Settings as files and users write them.
@Suite struct TrainingSettingsTests {
  private let folder: TemporaryFolder
  private var path: FilePath { folder / "settings.yaml" }

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ yaml: String, over base: TrainingSettings? = nil) throws
    -> TrainingSettings
  {
    try Data(yaml.utf8).write(to: URL(filePath: path.string))
    return try TrainingSettings(yaml: path, over: base)
  }

  @Test(arguments: TrainingSettings.Recipe.allCases)
  func `a recipe's settings go together`(recipe: TrainingSettings.Recipe) throws {
    let settings = TrainingSettings(recipe: recipe)
    try settings.validateDiffusion()
    #expect(settings.recipe == recipe)
    #expect((settings == TrainingSettings()) == (recipe == .standard))
    #expect(try self.settings("recipe: \(recipe.rawValue)\n").recipe == recipe)
  }

  @Test func `who names a part of the diffusion process gets the classical one around it`() throws {
    for part in ["schedule: cosine", "objective: velocity", "noise-range: 0..50"] {
      let settings = try settings("\(part)\nbatch: 3\n")
      #expect(settings.recipe == .ddpm && settings.learningRate == 2e-4 && settings.batch == 3)
    }
    let usual = try settings("batch: 3\nlearning-rate: 0.5\n")
    #expect(usual.recipe == .standard && usual.schedule == TrainingSettings().schedule)
    #expect(TrainingSettings(preset: "denoiser").recipe == .ddpm)
    #expect(try settings("recipe: edm\nobjective: velocity\n").recipe == .edm)
  }

  @Test func `a file names some settings, and the others are as before or as usual`() throws {
    var expected = TrainingSettings()
    expected.batch = 32
    expected.size = ImageSize(width: 48, height: 32)
    expected.time = RunTime(seconds: 1200)
    expected.learningRate = 1e-3
    let yaml = "batch: 32\nsize: 48x32\ntime: 20m\nlearning-rate: 1e-3\n"
    #expect(try settings(yaml) == expected)
    #expect(try settings("") == TrainingSettings())
    var base = TrainingSettings()
    base.preset = "tiny"
    base.batch = 2
    expected.preset = "tiny"
    #expect(try settings(yaml, over: base) == expected)
    #expect(try settings("# nothing\n{}", over: base) == base)
  }

  @Test(arguments: [
    ("bach: 32", "line 1: bach: unknown setting; did you mean batch?"),
    ("size: wide", "line 1: size: wide is not a size such as 32 or 48x32"),
    ("time: soon", "line 1: time: soon is not a time such as 90s, 20m or 8h"),
  ])
  func `what is wrong with a file is said`(yaml: String, cause: String) throws {
    #expect(throws: RunError.configuration(path, cause: cause)) { try settings(yaml) }
  }

  @Test(arguments: ["batch: [1", "- 1", "batch: x", "batch: -", "\u{0}", "batch: 1\nbatch: 2"])
  func `a file that makes no sense is refused by its name`(yaml: String) throws {
    let error = #expect(throws: RunError.self) { try settings(yaml) }
    #expect(error?.description.hasPrefix("\(path): could not be read as settings: ") == true)
  }

  @Test func `a file that is not there is named with the system's cause`() throws {
    let error = #expect(throws: (any Error).self) { try TrainingSettings(yaml: folder / "none") }
    #expect(
      error.map { "\($0)" } == "\(folder / "none"): could not be read: No such file or directory")
  }

  @Test(arguments: [
    ("90s", 90.0), ("20m", 1200), ("8h", 28800), ("2d", 172_800), ("45", 45), ("1.5m", 90),
  ])
  func `times have units`(text: String, seconds: Double) {
    #expect(RunTime(text)?.seconds == seconds)
  }

  @Test(arguments: ["0..75", "0...75", "0.0..75.0", "0e0...7.5e1"])
  func `a range has two dots or three`(text: String) throws {
    #expect(try #require(NoiseRange(text)).description == "0..75")
  }

  @Test(arguments: ["", "5", "5..", "..5", "9..3", "3..3", "-1..5", "0....5", "0.75", "0..nan"])
  func `what is no range is refused`(text: String) { #expect(NoiseRange(text) == nil) }

  @Test(arguments: ["", "m", "-1m", "0", "1w", "nan", "inf"])
  func `what is no time is refused`(text: String) { #expect(RunTime(text) == nil) }

  @Test(arguments: ["", "0", "x", "32x", "32x32x32", "-1x2", "3.5"])
  func `what is no size is refused`(text: String) { #expect(ImageSize(text) == nil) }

  @Test func `the rate rises in a line and falls along half a cosine`() {
    let rate = LearningRate(peak: 0.4, warmup: 4, schedule: .cosine, total: 12)
    let found = (0..<13).map { rate($0) }
    #expect(Array(found[..<5]) == [0.1, 0.2, 0.4 * 3 / 4, 0.4, 0.4])
    #expect(abs(found[8] - 0.2) < 1e-12 && abs(found[12]) < 1e-12)
    let constant = LearningRate(peak: 0.4, warmup: 0, schedule: .constant, total: nil)
    #expect([constant(0), constant(1000)] == [0.4, 0.4])
  }

  @Test func `the rate falls by steps, or by the clock where there is no number of steps`() {
    let timed = LearningRate(peak: 0.4, warmup: 4, schedule: .cosine, total: nil, time: 60)
    #expect([timed(1, seconds: 59), timed(4, seconds: 0)] == [0.2, 0.4])
    // The warm-up has taken 15 of 37.5 seconds: half of what was left has gone.
    #expect(abs(timed(10, seconds: 37.5) - 0.2) < 1e-12 && abs(timed(10, seconds: 61)) < 1e-12)
    // However long it took, the rate falls from its peak.
    #expect(timed(4, seconds: 50) == 0.4 && timed(4, seconds: 70) == 0.4)
    let both = LearningRate(peak: 0.4, warmup: 4, schedule: .cosine, total: 12, time: 60)
    #expect(abs(both(8, seconds: 10) - 0.2) < 1e-12 && both(5, seconds: 10) == both(5, seconds: 50))
  }
}
