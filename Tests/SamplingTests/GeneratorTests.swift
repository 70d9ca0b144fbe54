import CPU
import Checkpoints
import Compiler
import Diffusion
import Graph
import Networks
import Random
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct GeneratorTests {
  private static let samplers =
    Sampler.allCases.map { ($0, eta: 0.0) } + [(.ddim, eta: 1.0)]

  private static func settings(
    _ sampler: Sampler, eta: Double = 0, seed: UInt64 = 5
  ) -> GenerationSettings {
    var settings = GenerationSettings()
    (settings.sampler, settings.eta, settings.seed, settings.steps) = (sampler, eta, seed, 6)
    return settings
  }

  @Test(arguments: samplers)
  func `an image depends on no other image of its batch`(
    sampler: Sampler, eta: Double
  ) throws {
    let generator = try Generator(TinyModel.make(), Self.settings(sampler, eta: eta))
    let size = generator.elementsPerImage
    #expect(size == 3 * 8 * 8)
    let batch = try generator.images([9, 4, 1000, 0, 7])
    for (position, index) in [9, 4, 1000, 0, 7].enumerated() {
      let alone = try generator.images([index])
      let difference = zip(alone, batch[(position * size)...]).map { abs($0 - $1) }.max()
      #expect(try #require(difference) < 1e-3)
    }
  }

  @Test(arguments: samplers)
  func `images of other indices and seeds are others`(
    sampler: Sampler, eta: Double
  ) throws {
    let model = try TinyModel.make()
    let first = try Generator(model, Self.settings(sampler, eta: eta)).images([0, 1])
    let second = try Generator(model, Self.settings(sampler, eta: eta, seed: 6)).images([0])
    let size = first.count / 2
    #expect(Set([Array(first[..<size]), Array(first[size...]), second]).count == 3)
  }

  @Test func `the noise that ddim does not add changes nothing, and what it adds does`() throws {
    let model = try TinyModel.make()
    let start = try Generator(model, Self.settings(.ddim)).initialNoise([3])
    func image(_ sampler: Sampler, eta: Double, seed: UInt64) throws -> [Float] {
      try Generator(model, Self.settings(sampler, eta: eta, seed: seed))
        .images([3], from: start) { _ in }
    }
    #expect(try image(.ddim, eta: 0, seed: 1) == image(.ddim, eta: 0, seed: 2))
    #expect(try image(.ddim, eta: 1, seed: 1) != image(.ddim, eta: 1, seed: 2))
    #expect(try image(.ddpm, eta: 0, seed: 1) != image(.ddpm, eta: 0, seed: 2))
  }

  @Test func `an image starts from its own stream of noise`() throws {
    let generator = try Generator(TinyModel.make(), Self.settings(.ddim, seed: 77))
    var expected = [Float](repeating: 0, count: 3 * 8 * 8)
    expected.withUnsafeMutableBufferPointer {
      RandomStream(seed: 77, purpose: .initialNoise, index: 12, step: 0).fillNormal($0)
    }
    #expect(Array(generator.initialNoise([11, 12])[192...]) == expected)
  }

  @Test(.enabled(if: CPUBackend().supports(.bfloat16)))
  func `bfloat16 draws nearly the same image, and says so`() throws {
    let model = try TinyModel.make()
    var settings = Self.settings(.ddim)
    settings.precision = .f32
    let exact = try Generator(model, settings).images([3])
    #expect(!settings.facts.contains { $0.0 == "precision" })
    settings.precision = .bf16
    let rough = try Generator(model, settings).images([3])
    #expect(settings.facts.contains { $0 == ("precision", "bf16") })
    let differences = zip(exact, rough).map { abs($0 - $1) }
    #expect(differences.contains { $0 > 0 })
    #expect(differences.reduce(0, +) / Float(differences.count) < 0.05)
  }

  @Test func `the prediction is clipped unless told`() throws {
    let model = try TinyModel.make()
    var settings = Self.settings(.ddim)
    #expect(try Generator(model, settings).images([0]).allSatisfy { abs($0) <= 1 })
    settings.threshold = .none
    #expect(try !Generator(model, settings).images([0]).allSatisfy { abs($0) <= 1 })
  }

  @Test(arguments: [
    (nil, nil, "nothing"),
    (nil, 3, "`class`: the model is not class-conditional"),
    (7, nil, "`class`: this model needs a class: 0 to 6"),
    (7, 7, "`class`: there is no class 7; there are 0 to 6"),
    (7, -1, "`class`: there is no class -1; there are 0 to 6"),
    (7, 6, "nothing"),
  ])
  func `a class is asked for where there are some`(count: Int?, chosen: Int?, text: String) throws {
    var network = TinyModel.network()
    network.classCount = count
    var settings = Self.settings(.ddim)
    settings.classIndex = chosen
    let model = try TinyModel.make(network)
    let found = refusal(in: "/nowhere") { _ = try Generator(model, settings).images([0]) }
    #expect(found == text)
  }

  @Test func `classes give different images`() throws {
    var network = TinyModel.network()
    network.classCount = 2
    let model = try TinyModel.make(network)
    let images = try (0...1).map { classIndex in
      var settings = Self.settings(.ddim)
      settings.classIndex = classIndex
      return try Generator(model, settings).images([0])
    }
    #expect(images[0] != images[1])
  }

  @Test(arguments: [
    (21, 0.0, "`steps`: must be from 1 to 20 (the model's timesteps), got 21"),
    (0, 0.0, "`steps`: must be at least 1, got 0"),
    (5, .nan, "`eta`: must be from 0 to 1, got nan"),
    (5, 1.5, "`eta`: must be from 0 to 1, got 1.5"),
  ])
  func `steps and eta that make no sampler are refused`(steps: Int, eta: Double, text: String)
    throws
  {
    var settings = Self.settings(.ddim, eta: eta)
    settings.steps = steps
    let model = try TinyModel.make()
    #expect(refusal(in: "/nowhere") { _ = try Generator(model, settings) } == text)
  }
}
