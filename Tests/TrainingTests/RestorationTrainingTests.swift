import Checkpoints
import Diffusion
import Foundation
import Images
import Networks
import PNGCodec
import Random
import Restoration
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// Runs of networks that undo a degradation.
@Suite struct RestorationTrainingTests {
  private static func settings(steps: Int) -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: steps)
    var degradation = Degradation.none
    degradation.gaussian = .init(1, 20...60)
    settings.degradation = degradation
    settings.batch = 8
    settings.emaDecay = 0.95
    settings.sampleEvery = steps
    return settings
  }

  @Test(arguments: [3, 1])
  func `it learns to take noise away, told of it or not`(channels: Int) throws {
    let fixture = try TrainingFixture(pictures: 32)
    var settings = Self.settings(steps: 150)
    settings.channels = channels
    try fixture.train("run", settings)
    let losses = try fixture.metrics("run").compactMap { Double($0["loss"] ?? "") }
    #expect(losses.suffix(20).reduce(0, +) / 20 < 0.5 * losses[0], "\(losses)")

    let model = try DiffusionModel(fixture.run("run").path)
    #expect(model.configuration.channels == channels)
    #expect(model.configuration.network.inputChannels == (channels == 1 ? 2 : 5))
    let denoiser = Denoiser(model, method: .mean)
    let picture = try PNGReader.read(
      fixture.pictures.appending("000000.png"), as: channels == 1 ? .gray : .rgb
    ).resampled(to: ImageSize(width: 16, height: 16))
    let clean = Pixels.values(of: picture, width: 16, height: 16)
    let noise = RandomStream(seed: 3, purpose: .comparison, index: 0).normals(clean.count)
    let noisy = zip(clean, noise).map { $0 + 40 / 127.5 * $1 }
    for level in [nil, 40 / 127.5] {
      let result = try denoiser.denoise([
        .init(ImageTensor(noisy, channels, 16, 16), noiseLevel: level, index: 0)
      ])[0]
      func error(_ image: [Float]) -> Float {
        zip(image, clean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      #expect(error(result) < 0.5 * error(noisy), "\(error(result)) of \(error(noisy))")
    }
    // The picture along the run: clean, noisy and denoised in rows.
    #expect(
      try Provenance(of: fixture.run("run").path.appending("samples/step-00000150.png"))?.work
        == "train")
    #expect(throws: GenerationError.restoration) { try Generator(model, GenerationSettings()) }
  }

  @Test func `a run that goes on gives the same weights`() throws {
    let fixture = try TrainingFixture(pictures: 8)
    var settings = Self.settings(steps: 8)
    try fixture.train("whole", settings)
    var stop = StopAfter(4)
    try fixture.train("parts", settings) { stop.ask() }
    try fixture.train("parts", settings)
    #expect(
      try fixture.tensors("whole", step: 8, .model) == fixture.tensors("parts", step: 8, .model))

    settings.degradation?.gaussian.probability = 0.5
    #expect(
      throws: RunError.settingsDiffer(
        fixture.run("whole").path, ["degradation: different values"])
    ) { try fixture.train("whole", settings) }
  }

  @Test func `settings of diffusion, and alpha, are refused`() throws {
    let fixture = try TrainingFixture(pictures: 8)
    func refusal(_ change: (inout TrainingSettings) -> Void) -> SettingError? {
      #expect(throws: SettingError.self) {
        var settings = Self.settings(steps: 1)
        change(&settings)
        try fixture.train("run", settings)
      }
    }
    #expect(
      refusal { $0.objective = .velocity }?.description
        == "`objective`: cannot be combined with `preset` restoration or `degradation`, whose networks have no "
        + "diffusion process"
    )
    #expect(refusal { $0.noiseRange = NoiseRange("0..50") } != nil)
    #expect(refusal { $0.classes = .folders } != nil)
    #expect(refusal { $0.channels = 4 } != nil)
    #expect(
      refusal { $0.degradation = .some(.none) }?.description
        == "`degradation`: has no part with a probability above 0, so that there is nothing to undo"
    )
    #expect(refusal { $0.recordBatches = Recording("every=1") } != nil)
  }
}
