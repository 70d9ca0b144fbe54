import Checkpoints
import Diffusion
import Files
import Foundation
import Images
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// A run that stops and goes on is the run that never stopped.
@Suite(.serialized) struct ResumeTests {
  private static func settings(steps: Int, isPlain: Bool) -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: steps)
    settings.checkpointEvery = 4
    if isPlain { return settings }
    settings.fit = .randomCrop
    settings.flip = true
    settings.rotate = true
    settings.noiseRange = NoiseRange("5..60")
    settings.lossWeighting = .minSNR
    settings.dropout = 0.1
    settings.accumulate = 2
    settings.snapshotEvery = 3
    return settings
  }

  private static let plainAndPrecision: [(Bool, TrainingSettings.Precision)] =
    [(true, .f32), (false, .f32), (false, .bf16)].filter { $0.1.isSupported }

  // 16 pictures, some of them for validation: an epoch has 3 steps, and 2 with accumulation.
  @Test(arguments: plainAndPrecision)
  func `N steps straight and in three pieces leave the same bytes`(
    isPlain: Bool, precision: TrainingSettings.Precision
  ) throws {
    func settings(steps: Int) -> TrainingSettings {
      var settings = Self.settings(steps: steps, isPlain: isPlain)
      settings.precision = precision
      return settings
    }
    let fixture = try TrainingFixture()
    let straight = try fixture.train("straight", settings(steps: 11))

    var stop = StopAfter(3)
    let stopped = try fixture.train(
      "pieces", settings(steps: 11), shouldStop: { stop.ask() })
    #expect(stopped.outcome.wasInterrupted && stopped.outcome.step == 3)
    let second = try fixture.train("pieces", settings(steps: 6))
    #expect(second.outcome.stepsNow == 3 && !second.outcome.wasInterrupted)
    let third = try fixture.train("pieces", settings(steps: 11))
    #expect(third.outcome.step == 11 && third.outcome.stepsNow == 5)

    let parts = try CheckpointFile(opening: fixture.checkpoint("straight", step: 11)).parts()
    // The running mean of the loss goes on too.
    let saved = [straight, third].map { $0.notes.last { $0.hasPrefix("step 11: loss ") } }
    #expect(saved[0] != nil && saved[0] == saved[1])
    #expect(parts.count == (isPlain ? 4 : 6))
    for part in parts {
      #expect(
        try fixture.tensors("straight", step: 11, part)
          == fixture.tensors("pieces", step: 11, part), "\(part)")
    }
    #expect(try fixture.run("straight").snapshotSteps() == (isPlain ? [] : [3, 6, 9, 11]))
    for step in try fixture.run("straight").snapshotSteps() {
      let (whole, pieces) = (
        try fixture.snapshot("straight", step: step), try fixture.snapshot("pieces", step: step)
      )
      for part in [CheckpointFile.Part.shortAverage, .longAverage] {
        #expect(try fixture.tensors(whole, part) == fixture.tensors(pieces, part))
      }
    }
    #expect(
      try fixture.bytes("straight", "metrics.csv") == fixture.bytes("pieces", "metrics.csv"))
    #expect(try fixture.metrics("straight").count == 11)
  }

  @Test(arguments: [ReverseVariance.learned, .beta])
  func `timesteps drawn by their losses are those of the run that never stopped`(
    variance: ReverseVariance
  ) throws {
    func settings(steps: Int) -> TrainingSettings {
      var settings = Self.settings(steps: steps, isPlain: true)
      settings.batch = 8
      // Few enough that all have their ten losses after some of the steps.
      settings.timesteps = 3
      settings.betas = Betas([0.1, 0.123_456_789_012_345_67, 0.8])
      settings.schedule = "listed"
      settings.zeroTerminalSNR = true
      settings.objective = .velocity
      settings.timestepSampling = .importance
      settings.variance = variance
      settings.lossWeighting = variance == .beta ? .bound : .truncatedSNR
      settings.inputPerturbation = 0.1
      settings.offsetNoise = 0.1
      return settings
    }
    let fixture = try TrainingFixture()
    try fixture.train("straight", settings(steps: 15))
    try fixture.train("pieces", settings(steps: 9))
    try fixture.train("pieces", settings(steps: 15))
    let parts = try CheckpointFile(opening: fixture.checkpoint("straight", step: 15)).parts()
    for part in parts {
      #expect(
        try fixture.tensors("straight", step: 15, part)
          == fixture.tensors("pieces", step: 15, part), "\(part)")
    }
    #expect(
      try fixture.bytes("straight", "metrics.csv") == fixture.bytes("pieces", "metrics.csv"))
    let file = try CheckpointFile(opening: fixture.checkpoint("pieces", step: 15))
    let moments = try #require(try file.moments())
    #expect(moments.counts == [10, 10, 10] && Set(moments.probabilities).count == 3)
  }

  @Test func `another seed leaves other bytes`() throws {
    let fixture = try TrainingFixture()
    var settings = Self.settings(steps: 2, isPlain: true)
    try fixture.train("a", settings)
    settings.seed = 1
    try fixture.train("b", settings)
    #expect(try fixture.tensors("a", step: 2, .model) != fixture.tensors("b", step: 2, .model))
    #expect(try fixture.bytes("a", "metrics.csv") != fixture.bytes("b", "metrics.csv"))
  }

  @Test func `a run that was killed goes on from its checkpoint and makes its rows anew`() throws {
    let fixture = try TrainingFixture()
    let settings = Self.settings(steps: 8, isPlain: true)
    try fixture.train("whole", settings)
    try fixture.train("killed", settings)
    // As if killed in the middle of the row of step 7.
    try FileManager.default.removeItem(atPath: fixture.checkpoint("killed", step: 8).string)
    let metrics = fixture.run("killed").path.appending("metrics.csv")
    let text = String(decoding: try fixture.bytes("killed", "metrics.csv"), as: UTF8.self)
    let cut = try #require(text.range(of: "\n7,"))
    try Data(text[..<cut.upperBound].utf8).write(to: URL(filePath: metrics.string))
    let partial = ".step-00000008.h5.9ae0e3f65c1b2d48.stipple-partial"
    let abandoned = fixture.run("killed").path.appending("checkpoints").appending(partial)
    try Data([1, 2, 3]).write(to: URL(filePath: abandoned.string))

    let outcome = try fixture.train("killed", settings).outcome
    #expect(outcome.step == 8 && outcome.stepsNow == 4)
    #expect(try fixture.bytes("whole", "metrics.csv") == fixture.bytes("killed", "metrics.csv"))
    #expect(
      try fixture.tensors("whole", step: 8, .model) == fixture.tensors("killed", step: 8, .model))
    #expect(!FileManager.default.fileExists(atPath: abandoned.string))
  }

  @Test func `a picture of samples that a stop has kept from being drawn is made up for`() throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = Self.settings(steps: 2, isPlain: true)
    settings.sampleEvery = 5
    try fixture.train("run", settings)
    let picture = fixture.run("run").path.appending("samples/step-00000002.png").string
    let drawn = FileManager.default.contents(atPath: picture)
    #expect(drawn != nil)
    try FileManager.default.removeItem(atPath: picture)
    #expect(try fixture.train("run", settings).outcome.stepsNow == 0)
    #expect(FileManager.default.contents(atPath: picture) == drawn)
  }

  @Test func `a broken newest checkpoint is named, set aside, and the one before it used`() throws {
    let fixture = try TrainingFixture()
    try fixture.train("whole", Self.settings(steps: 9, isPlain: true))
    try fixture.train("broken", Self.settings(steps: 8, isPlain: true))
    let newest = fixture.checkpoint("broken", step: 8)
    try Self.damage(newest)

    let (outcome, notes) = try fixture.train("broken", Self.settings(steps: 9, isPlain: true))
    #expect(outcome.step == 9 && outcome.stepsNow == 5)
    let note = try #require(notes.first)
    #expect(note.hasPrefix("\(newest): "), "\(note)")
    #expect(note.contains("it is set aside as step-00000008.h5.broken"), "\(note)")
    #expect(notes.contains { $0.hasPrefix("resuming from step-00000004.h5") }, "\(notes)")
    #expect(FileManager.default.fileExists(atPath: newest.string + ".broken"))
    #expect(try fixture.bytes("whole", "metrics.csv") == fixture.bytes("broken", "metrics.csv"))
  }

  @Test func `a run whose checkpoints are all broken is not begun anew`() throws {
    let fixture = try TrainingFixture()
    let settings = Self.settings(steps: 4, isPlain: true)
    try fixture.train("run", settings)
    try Self.damage(fixture.checkpoint("run", step: 4))
    let error = RunError.cannotContinue(
      fixture.run("run").path,
      cause: "it has no valid checkpoint; the latest was set aside as step-00000004.h5.broken")
    for _ in 0..<2 {
      #expect(throws: error) { try fixture.train("run", settings) }
    }
    #expect(try fixture.metrics("run").count == 4)
  }

  @Test func `a run does not end before where it is`() throws {
    let fixture = try TrainingFixture()
    try fixture.train("run", Self.settings(steps: 8, isPlain: true))
    let config = try fixture.bytes("run", "config.yaml")
    let error = RunError.cannotContinue(
      fixture.run("run").path,
      cause: "already trained for 8 steps, and `steps` would end it at 5; give more")
    #expect(throws: error) { try fixture.train("run", Self.settings(steps: 5, isPlain: true)) }
    #expect(try fixture.bytes("run", "config.yaml") == config)
  }

  @Test func `nor is one whose broken checkpoint cannot be set aside`() throws {
    let fixture = try TrainingFixture()
    let settings = Self.settings(steps: 4, isPlain: true)
    try fixture.train("run", settings)
    let newest = fixture.checkpoint("run", step: 4)
    try Self.damage(newest)
    // Its place is taken.
    try FileManager.default.createDirectory(
      atPath: newest.string + ".broken/full", withIntermediateDirectories: true)
    #expect(throws: RunError.self) { try fixture.train("run", settings) }
    #expect(try fixture.metrics("run").count == 4)
    #expect(FileManager.default.fileExists(atPath: newest.string))
  }

  /// Turns one bit in the middle of a file around.
  private static func damage(_ path: FilePath) throws {
    var bytes = try Data(contentsOf: URL(filePath: path.string))
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: URL(filePath: path.string))
  }
}
