import Checkpoints
import Diffusion
import Foundation
import HDF5
import Images
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// What a training was given, kept and trained on again.
@Suite(.serialized) struct RecordingTests {
  private static func settings(steps: Int) -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: steps)
    settings.precision = .f32
    settings.checkpointEvery = 4
    settings.recordBatches = .every(1)
    return settings
  }

  /// Settings that leave as little as possible as usual.
  enum Kind: CaseIterable {
    case plain, velocity, noiseRange, learned, classes

    func apply(to settings: inout TrainingSettings) {
      settings.flip = true
      switch self {
      case .plain: settings.dropout = 0.1
      case .velocity:
        settings.objective = .velocity
        settings.lossWeighting = .minSNR
        settings.schedule = "cosine"
        settings.inputPerturbation = 0.1
        settings.offsetNoise = 0.1
        settings.accumulate = 2
      case .noiseRange:
        settings.noiseRange = NoiseRange("5..60")
        settings.objective = .image
      case .learned:
        // Few enough that all have their ten losses after some of the steps.
        settings.batch = 8
        settings.timesteps = 4
        settings.variance = .learned
        settings.timestepSampling = .importance
      case .classes:
        settings.classes = .folders
        settings.classDropout = 0.4
      }
    }
  }

  @Test(arguments: Kind.allCases)
  func `a run on another's recording has its bytes, and the same recording`(_ kind: Kind) throws {
    let fixture = try TrainingFixture(classes: ["a", "b"], pictures: 8)
    var settings = Self.settings(steps: kind == .learned ? 14 : 6)
    kind.apply(to: &settings)
    let last = settings.steps ?? 0
    try fixture.train("a", settings)
    #expect(try fixture.run("a").recordedSteps() == Array(1...last))

    settings.replay = fixture.run("a").path.string
    settings.timestepSampling = .uniform
    settings.inputPerturbation = 0
    settings.offsetNoise = 0
    try fixture.train("b", settings)
    let parts = try CheckpointFile(opening: fixture.checkpoint("a", step: last)).parts()
    for part in parts {
      #expect(
        try fixture.tensors("a", step: last, part) == fixture.tensors("b", step: last, part))
    }
    #expect(try fixture.bytes("a", "metrics.csv") == fixture.bytes("b", "metrics.csv"))
    for step in 1...last {
      let (first, second) = (
        try fixture.recording("a", step: step), try fixture.recording("b", step: step)
      )
      #expect(try first.read() == second.read())
      #expect(first.step == step && first.shape[0] == settings.batch * settings.accumulate)
    }
    let examples = try fixture.recording("a", step: last).read()
    #expect(examples.importance.isEmpty == (kind != .learned))
    #expect((examples.classes == nil) == (kind != .classes))
    #expect(examples.sources.allSatisfy { $0.hasPrefix("a/") || $0.hasPrefix("b/") })
    // Of a perturbed input, x_t has other noise than eps.
    if kind == .velocity { return }
    let alphaBar = try fixture.recording("a", step: last).alphaBar()
    for i in examples.xt.indices {
      let level = alphaBar[i / (examples.xt.count / examples.count)]
      let mixed =
        level.squareRoot() * Double(examples.x0[i])
        + (1 - level).squareRoot() * Double(examples.epsilon[i])
      guard abs(mixed - Double(examples.xt[i])) < 1e-5 else {
        Issue.record("x_t is not what x_0 and eps mix to at \(i)")
        return
      }
    }
  }

  @Test func `a run that stops and goes on keeps each step once, with the same bytes`() throws {
    let fixture = try TrainingFixture()
    try fixture.train("straight", Self.settings(steps: 9))
    var stop = StopAfter(3)
    try fixture.train("pieces", Self.settings(steps: 9), shouldStop: { stop.ask() })
    try fixture.train("pieces", Self.settings(steps: 6))
    // As if killed after step 6 was kept and before it was saved.
    try FileManager.default.removeItem(atPath: fixture.checkpoint("pieces", step: 6).string)
    let stray = fixture.run("pieces").path.appending("noised/step-00000007.h5")
    try Data([1, 2, 3]).write(to: URL(filePath: stray.string))
    var stopAtOnce = StopAfter(1)
    try fixture.train("pieces", Self.settings(steps: 9), shouldStop: { stopAtOnce.ask() })
    #expect(try fixture.run("pieces").recordedSteps() == [1, 2, 3, 4, 5])
    try fixture.train("pieces", Self.settings(steps: 9))
    #expect(try fixture.run("pieces").recordedSteps() == Array(1...9))
    for step in 1...9 {
      let name = "noised/step-0000000\(step).h5"
      #expect(try fixture.bytes("straight", name) == fixture.bytes("pieces", name), "\(step)")
    }

    // The replay stops and goes on as well, over the end of what there is.
    var settings = Self.settings(steps: 13)
    settings.replay = fixture.run("straight").path.appending("noised").string
    settings.recordBatches = nil
    settings.batch = 7
    try fixture.train("replay", settings)
    settings.steps = 6
    try fixture.train("replayed", settings)
    settings.steps = 13
    try fixture.train("replayed", settings)
    #expect(
      try fixture.tensors("replay", step: 13, .model)
        == fixture.tensors("replayed", step: 13, .model))
  }

  @Test func `only the steps that are asked for are kept`() throws {
    let fixture = try TrainingFixture()
    var settings = Self.settings(steps: 7)
    settings.recordBatches = .every(3)
    try fixture.train("every", settings)
    #expect(try fixture.run("every").recordedSteps() == [3, 6])
    settings.recordBatches = .first(2)
    try fixture.train("first", settings)
    #expect(try fixture.run("first").recordedSteps() == [1, 2])
    #expect(Recording.every(3).count(in: 7) == 2 && Recording.every(3).count(in: nil) == nil)
    #expect(Recording.first(2).count(in: nil) == 2 && Recording.first(9).count(in: 7) == 7)
    for text in ["every", "every=0", "first=-1", "last=3", "every=1=2", ""] {
      #expect(Recording(text) == nil, "\(text)")
    }
  }

  @Test func `steps and timesteps that there are not are refused`() throws {
    let fixture = try TrainingFixture(pictures: 1)
    for timesteps in [TimestepSelection.every(0), .listed([-1]), .listed([0, 1000])] {
      var job = NoisingJob(inputs: [fixture.pictures], output: fixture.folder / "noised.h5")
      job.timesteps = timesteps
      #expect(throws: SettingError.self) { try job.run() }
    }
    var settings = Self.settings(steps: 2)
    settings.recordBatches = .every(0)
    #expect(throws: SettingError.self) { try fixture.train("run", settings) }
  }

  @Test(arguments: [NoisingJob.Element.f32, .f16])
  func `examples of a file of noisy samples come image after image and start again`(
    element: NoisingJob.Element
  ) throws {
    let fixture = try TrainingFixture(pictures: 3)
    var job = NoisingJob(inputs: [fixture.pictures], output: fixture.folder / "noised.h5")
    job.timesteps = .listed([10, 900])
    job.withNoise = true
    job.element = element
    job.schedule = "cosine"
    job.size = ImageSize(width: 16, height: 16)
    _ = try job.run()
    var settings = Self.settings(steps: 2)
    settings.size = nil
    try settings.adopt(replay: job.output)
    #expect(settings.schedule == "cosine" && settings.size == ImageSize(width: 16, height: 16))
    let outcome = try fixture.train("run", settings, images: []).outcome
    #expect(outcome.step == 2 && outcome.validationLoss == nil)
    let first = try fixture.recording("run", step: 1).read()
    let second = try fixture.recording("run", step: 2).read()
    #expect(first.timesteps == [10, 900, 10, 900] && second.timesteps == first.timesteps)
    let names = ["000000.png", "000001.png", "000002.png"]
    #expect(first.sources == [0, 0, 1, 1].map { names[$0] })
    #expect(second.sources == [2, 2, 0, 0].map { names[$0] })
    let file = try StepTensorsFile(opening: job.output)
    #expect(try Array(first.xt.suffix(768)) == file.xt(image: 1, step: 1))
    #expect(try Array(first.epsilon.suffix(768)) == file.second(image: 1, step: 1))
    #expect(try Array(first.x0.suffix(768)) == file.x0(image: 1))
  }

  @Test func `validation images are left out of noisy samples`() throws {
    let fixture = try TrainingFixture(pictures: 5)
    var job = NoisingJob(inputs: [fixture.pictures], output: fixture.folder / "noised.h5")
    (job.timesteps, job.withNoise) = (.listed([10, 900]), true)
    _ = try job.run()
    var settings = Self.settings(steps: 4)
    settings.validation = 0.4
    settings.size = nil
    try settings.adopt(replay: job.output)
    let run = try fixture.train("run", settings)
    #expect(run.outcome.validationLoss != nil)
    let used = try (1...4).flatMap { try fixture.recording("run", step: $0).read().sources }
    let kept = Set(used)
    #expect(kept.count == 3)
    // Again from the first after the last of those that are left: two of each image.
    #expect(used[0..<6] == used[6..<12], "\(used)")
    // What is named is found wherever the run goes on.
    #expect(try fixture.run("run").settings()?.replay?.hasPrefix("/") == true)
  }

  @Test func `a recording whose files do not go together ends the run with all saved`() throws {
    let fixture = try TrainingFixture()
    var settings = Self.settings(steps: 5)
    try fixture.train("a", settings)
    let damaged = fixture.run("a").path.appending("noised/step-00000003.h5")
    try Data([1, 2, 3]).write(to: URL(filePath: damaged.string))
    settings.replay = fixture.run("a").path.string
    let sentence = "\(damaged): is not an HDF5 file"
    let error = #expect(throws: FileFormatError.self) { try fixture.train("b", settings) }
    #expect(error.map { "\($0)" } == sentence)
    #expect(try fixture.run("b").checkpointSteps() == [2])
  }
}

extension TrainingFixture {
  fileprivate func recording(_ name: String, step: Int) throws -> ExamplesFile {
    let file = checkpoint(name, step: step).lastComponent?.string ?? ""
    return try ExamplesFile(opening: run(name).path.appending("noised").appending(file))
  }
}
