import CPU
import Checkpoints
import Compiler
import Diffusion
import Foundation
import Graph
import Images
import Networks
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// What a run does along its way.
@Suite(.serialized) struct TrainerTests {
  @Test func `training learns to draw what is nearer to the pictures than noise`() throws {
    let fixture = try TrainingFixture(pictures: 64)
    var settings = TrainingFixture.settings(steps: 100)
    settings.batch = 8
    settings.sampleEvery = 160
    try fixture.train("run", settings)
    settings.steps = 160
    let outcome = try fixture.train("run", settings).outcome
    #expect(outcome.stepsNow == 60)

    // Where the network knows nothing, the loss is 1.
    let losses = try fixture.metrics("run").compactMap { Double($0["loss"] ?? "") }
    let last = losses.suffix(20).reduce(0, +) / 20
    #expect(losses.count == 160)
    #expect(losses[0] / last > 4, "from \(losses[0]) to \(last)")

    let model = try DiffusionModel(fixture.run("run").path)
    var drawing = GenerationSettings()
    drawing.steps = 20
    let generator = try Generator(model, drawing)
    let size = generator.elementsPerImage
    let drawn = try generator.images(Array(0..<8))
    let noise = generator.initialNoise(Array(0..<8)).map { min(max($0, -1), 1) }
    let pictures = try (0..<64).map { index in
      let path = fixture.pictures.appending(String(format: "%06d.png", index))
      let image = try PNGReader.read(path, as: .rgb).resampled(to: ImageSize(width: 16, height: 16))
      return Pixels.values(of: image, width: 16, height: 16)
    }
    func distance(_ images: [Float]) -> Double {
      var sum = 0.0
      for i in 0..<8 {
        let image = Array(images[(i * size)..<((i + 1) * size)])
        sum += pictures.map { squaredDistance($0, image) }.min() ?? .infinity
      }
      return sum / Double(8 * size)
    }
    #expect(distance(drawn) < 0.5 * distance(noise), "\(distance(drawn)), \(distance(noise))")

    let sheet = fixture.run("run").path.appending("samples").appending("step-00000160.png")
    let text = try #require(try Provenance(of: sheet)).text
    #expect(
      text.hasPrefix("train; images 64; step 160; weights \(model.fingerprint); seed 0"), "\(text)")
  }

  @Test func `the average follows the weights at once, however short the run`() throws {
    let fixture = try TrainingFixture()
    var settings = TrainingFixture.settings(steps: 1)
    settings.warmup = 0
    try fixture.train("run", settings)
    let file = try CheckpointFile(opening: fixture.checkpoint("run", step: 1))
    let network = try CheckpointConfiguration(file).model.network
    let start = try ParameterStore(network.parameters, on: .cpu)
    start.initialize(seed: 0)
    let weights = try fixture.tensors("run", step: 1, .model)
    let average = try fixture.tensors("run", step: 1, .average)
    for name in ["conv_in.weight", "conv_out.bias"] {
      let found = try #require(average[name]).map { Float(bitPattern: $0) }
      let now = try #require(weights[name]).map { Float(bitPattern: $0) }
      // min(decay, (1 + 0) / (10 + 0)) of the old stays.
      for ((a, b), c) in zip(zip(start[name], now), found) {
        #expect(abs(0.1 * a + 0.9 * b - c) < 1e-6)
      }
    }
  }

  @Test func `steps that are not finite change nothing, are counted, and end a run`() throws {
    let fixture = try TrainingFixture()
    var settings = TrainingFixture.settings(steps: 100)
    settings.learningRate = 1e12
    settings.warmup = 0
    settings.checkpointEvery = 1
    settings.keep = 20
    settings.snapshotEvery = 1
    let path = fixture.run("run").path
    #expect(throws: TrainingError.notFinite(path, steps: 10)) { try fixture.train("run", settings) }

    let rows = try fixture.metrics("run")
    #expect(rows.map { $0["skipped_steps"] } == (0...10).map(String.init))
    #expect(rows[0]["loss"] != "" && rows[1]["loss"] == "" && rows[1]["gradient_norm"] == "")
    #expect(try fixture.run("run").checkpointSteps() == Array(1...10))
    for part in CheckpointFile.Part.allCases {
      let first = try fixture.tensors("run", step: 1, part)
      #expect(try fixture.tensors("run", step: 10, part) == first)
      #expect(first.values.allSatisfy { $0.allSatisfy { Float(bitPattern: $0).isFinite } })
    }
    // Going on goes no further.
    #expect(throws: TrainingError.notFinite(path, steps: 10)) { try fixture.train("run", settings) }
    let log = String(decoding: try fixture.bytes("run", "log.txt"), as: UTF8.self)
    #expect(log.contains("step 5: the loss or its gradient is not finite; step skipped\n"))
  }

  @Test func `weights that are not finite are never saved`() throws {
    let fixture = try TrainingFixture()
    var settings = TrainingFixture.settings(steps: 100)
    // The first update takes lr * decay * w away, which is past all numbers.
    (settings.learningRate, settings.weightDecay) = (3e38, 1000)
    settings.warmup = 0
    settings.checkpointEvery = 1
    #expect(throws: TrainingError.weightsNotFinite(fixture.run("run").path, step: 1)) {
      try fixture.train("run", settings)
    }
    #expect(try fixture.run("run").checkpointSteps().isEmpty)
  }

  @Test func `the last checkpoints and the best are kept`() throws {
    let fixture = try TrainingFixture()
    var settings = TrainingFixture.settings(steps: 6)
    // A rate that is too high makes the loss jump up and down; how, is a matter of rounding.
    settings.precision = .f32
    settings.learningRate = 0.02
    settings.warmup = 0
    settings.keep = 2
    settings.checkpointEvery = 1
    try fixture.train("run", settings)
    let measured = try fixture.metrics("run").map { Double($0["validation_loss"] ?? "") ?? .nan }
    let best = try #require(measured.indices.min { measured[$0] < measured[$1] }) + 1
    #expect(best < 5, "\(measured)")
    #expect(try fixture.run("run").checkpointSteps() == [best, 5, 6])
  }

  @Test func `without pictures to measure on there is no validation loss`() throws {
    let fixture = try TrainingFixture(pictures: 3)
    var settings = TrainingFixture.settings(steps: 2)
    settings.validation = 0
    settings.checkpointEvery = 1
    let outcome = try fixture.train("run", settings).outcome
    #expect(outcome.validationLoss == nil)
    #expect(try fixture.metrics("run").map { $0["validation_loss"] } == ["", ""])
  }

  @Test func `a time counts all sessions, ends a run that has had it, and extends one`() throws {
    let fixture = try TrainingFixture()
    var settings = TrainingFixture.settings(steps: nil)
    settings.time = RunTime(seconds: 0.5)
    let first = try fixture.train("run", settings).outcome
    #expect(first.step > 0 && first.seconds >= 0.5 && !first.wasInterrupted)
    let (again, notes) = try fixture.train("run", settings)
    #expect(again.stepsNow == 0 && again.step == first.step)
    #expect(notes.last == "the run has already ended after \(first.step) steps")
    settings.time = RunTime(seconds: first.seconds + 0.3)
    #expect(try fixture.train("run", settings).outcome.stepsNow > 0)
  }

  @Test func `an image that cannot be read is told of, counted, and its place taken`() throws {
    let fixture = try TrainingFixture(pictures: 5)
    try TestImages.writeBroken(.cutShort, to: fixture.pictures.appending("broken.png"))
    var settings = TrainingFixture.settings(steps: 2)
    settings.validation = 0
    #expect(try fixture.train("run", settings).outcome.unreadableImages == 1)
    let error = #expect(throws: PNGError.self) {
      try fixture.train("strict", settings, isStrict: true)
    }
    let broken = fixture.pictures.appending("broken.png")
    #expect(error?.description.hasPrefix("\(broken): ") == true, "\(String(describing: error))")
  }

  @Test func `what was trained is saved before an image that cannot be read ends a strict run`()
    throws
  {
    let fixture = try TrainingFixture(pictures: 64)
    var settings = TrainingFixture.settings(steps: 100)
    settings.validation = 0
    let error = #expect(throws: ImagesError.self) {
      try fixture.train("run", settings, isStrict: true) {
        try? FileManager.default.removeItem(atPath: fixture.pictures.string)
        return false
      }
    }
    let text = error?.description ?? ""
    #expect(
      text.hasPrefix("\(fixture.pictures)/") && text.hasSuffix("No such file or directory"),
      "\(text)")
    let step = try #require(try fixture.run("run").checkpointSteps().first)
    // What has been read ahead when the pictures go is still trained on.
    #expect(step >= 1 && step < 16)
    #expect(try fixture.metrics("run").count == step)
  }

  @Test func `a folder of other pictures is told of`() throws {
    let fixture = try TrainingFixture(pictures: 8)
    var settings = TrainingFixture.settings(steps: 1)
    settings.validation = 0
    try fixture.train("run", settings)
    try FileManager.default.removeItem(atPath: fixture.pictures.appending("000003.png").string)
    settings.steps = 2
    #expect(
      try fixture.train("run", settings).notes.contains(
        "the images have changed: there were 8 to train on, now there are 7"))
  }

  @Test func `as many pictures of another folder are told of, and the same by another way not`()
    throws
  {
    let fixture = try TrainingFixture(pictures: 8)
    var settings = TrainingFixture.settings(steps: 1)
    try fixture.train("run", settings)
    let (old, new) = (fixture.pictures, fixture.folder / "others")
    try FileManager.default.copyItem(atPath: old.string, toPath: new.string)
    let link = fixture.folder / "link"
    try FileManager.default.createSymbolicLink(
      atPath: link.string, withDestinationPath: old.string)
    settings.steps = 2
    let same = try fixture.train("run", settings, images: [link]).notes
    #expect(!same.contains { $0.contains("have changed") }, "\(same)")
    settings.steps = 3
    let other = try fixture.train("run", settings, images: [new]).notes
    #expect(
      other.contains("the images have changed: they were from \(link), now they are from \(new)"),
      "\(other)")
  }
}

private func squaredDistance(_ a: [Float], _ b: [Float]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += Double((x - y) * (x - y)) }
  return sum
}
