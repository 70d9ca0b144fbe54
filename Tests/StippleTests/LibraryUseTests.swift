import Foundation
import Stipple
import SystemPackage
import TestModels
import TestSupport
import Testing

/// What a program that uses the library meets where a command line would have checked for it.
@Suite struct LibraryUseTests {
  @Test func `errors have their sentence as the localized description too`() throws {
    func thrown(_ body: () throws -> Void) throws -> any Error {
      try #require(#expect(throws: (any Error).self, performing: body))
    }
    let errors = [
      SettingError("batch", cause: "must be at least 1, got 0"),
      FileError("a.png", "could not be opened", cause: "No such file or directory"),
      try thrown { _ = try ImageTensor(readingPNG: "/none.png", channels: 3) },
      try thrown { _ = try DiffusionModel("/none/model.h5") },
    ]
    for error in errors { #expect(error.localizedDescription == "\(error)") }
  }

  @Test func `no images are refused by every job`() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel.make()
    let sentence = "no images given; give image files or folders"
    func refusal(_ body: () throws -> Void) -> String? {
      #expect(throws: (any Error).self) { try body() }.map { "\($0)" }
    }
    #expect(refusal { _ = try EvaluationJob(inputs: []).run(model) } == sentence)
    #expect(refusal { _ = try NoisingJob(inputs: [], output: folder / "x.h5").run() } == sentence)
    let denoiser = Denoiser(model, method: .mean)
    let job = DenoisingJob(inputs: [], output: folder / "out")
    #expect(refusal { _ = try job.run(denoiser) } == sentence)
  }

  @Test func `a batch of no images is empty`() throws {
    var settings = GenerationSettings()
    settings.steps = 2
    let generator = try Generator(TinyModel.make(), settings)
    #expect(try generator.images([]) == [])
    #expect(try generator.predictedX0([], at: 3, []) == [])
    #expect(generator.initialNoise([]) == [])
  }

  @Test(arguments: [
    (Degradation.Part(0.5, -10 ... -5), "gaussian: the range must be within 0..255, got -10..-5"),
    (.init(.nan, 0...1), "gaussian: the probability must be from 0 to 1, got nan"),
    (.init(1, 0...1e300), "gaussian: the range must be within 0..255, got 0..1e+300"),
  ])
  func `a degradation made in code is checked`(part: Degradation.Part, cause: String) throws {
    let fixture = try TrainingFixture(pictures: 4)
    var settings = TrainingSettings(preset: "restoration")
    settings.degradation?.gaussian = part
    #expect(throws: SettingError("degradation", cause: cause)) {
      try TrainingPlan(inputs: [fixture.pictures], run: fixture.run("run"), settings: settings)
    }
  }
}
