import Checkpoints
import Diffusion
import Foundation
import Sampling
import TestModels
import TestSupport
import Testing

/// Which noise DDIM goes on with is what the model says, unless told otherwise, and is told.
@Suite struct ClippedModelOutputTests {
  /// A model as it comes from diffusers, or one of Stipple's own.
  private func model(imported: Bool) throws -> DiffusionModel {
    let own = try TinyModel.make()
    var configuration = own.configuration
    if imported { configuration.usesClippedModelOutput = false }
    return try DiffusionModel(
      configuration, parameters: own.parameters, step: 0, fingerprint: own.fingerprint)
  }

  private func generator(imported: Bool, _ choice: Bool? = nil) throws -> Generator {
    var settings = GenerationSettings()
    settings.sampler = .ddim
    settings.steps = 4
    settings.usesClippedModelOutput = choice
    return try Generator(try model(imported: imported), settings)
  }

  @Test func `an imported model takes the network's noise, and another that of the clipped image`()
    throws
  {
    let own = try generator(imported: false).images([0])
    let imported = try generator(imported: true).images([0])
    #expect(zip(own, imported).contains { abs($0 - $1) > 0.01 })
    #expect(try generator(imported: true, true).images([0]) == own)
    #expect(try generator(imported: false, false).images([0]) == imported)
  }

  @Test func `provenance says which, where it is not what Stipple's own models do`() throws {
    func word(_ generator: Generator) -> String? {
      generator.settings.facts.first { $0.0 == "use_clipped_model_output" }?.1
    }
    #expect(word(try generator(imported: true)) == "false")
    #expect(word(try generator(imported: true, true)) == "true")
    #expect(word(try generator(imported: false, false)) == "false")
    #expect(word(try generator(imported: false)) == nil)
    #expect(word(try generator(imported: false, true)) == nil)
  }

  @Test func `a configuration keeps it, and one from before has none`() throws {
    let configuration = try model(imported: true).configuration
    let bytes = try JSONEncoder().encode(configuration)
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"usesClippedModelOutput\":false"))
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: bytes) == configuration)
    let own = try JSONEncoder().encode(try model(imported: false).configuration)
    #expect(!String(decoding: own, as: UTF8.self).contains("usesClipped"))
  }
}
