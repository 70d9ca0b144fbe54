import Foundation
import Stipple
import TestModels
import TestSupport
import Testing

/// What a sampler of one's own is built from.
@Suite struct CustomSamplingTests {
  @Test func `DDIM put together from it is the library's`() throws {
    let model = try TinyModel.make()
    var settings = GenerationSettings()
    (settings.sampler, settings.steps, settings.precision) = (.ddim, 5, .f32)
    let generator = try Generator(model, settings)
    let indices = [3, 8]
    var x = generator.initialNoise(indices)
    // Trailing: every fourth of 20 timesteps, from the last on.
    for t in [19.0, 15, 11, 7, 3] {
      let x0 = try generator.predictedX0(x, at: t, indices)
      let (from, to) = (model.alphaBar(at: t), model.alphaBar(at: t == 3 ? -1 : t - 4))
      for i in x.indices {
        let eps = (Double(x[i]) - from.squareRoot() * Double(x0[i])) / (1 - from).squareRoot()
        x[i] = Float(to.squareRoot() * Double(x0[i]) + (1 - to).squareRoot() * eps)
      }
    }
    let expected = try generator.images(indices)
    #expect(zip(x, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(generator.tensors(x).map(\.values) == [Array(x[..<192]), Array(x[192...])])
  }

  @Test func `noise is an image's own, and another one at each timestep and repetition`() throws {
    var settings = GenerationSettings()
    settings.steps = 5
    let generator = try Generator(TinyModel.make(), settings)
    let noise = generator.samplerNoise([0, 5], at: 7)
    #expect(Array(noise[192...]) == generator.samplerNoise([5], at: 7))
    #expect(generator.samplerNoise([5], at: 7) != generator.samplerNoise([5], at: 6))
    #expect(
      generator.samplerNoise([5], at: 7) != generator.samplerNoise([5], at: 7, repetition: 1))
    #expect(generator.model.timesteps == 20)
  }

  @Test func `an image in memory has as many values as its size says`() {
    #expect(ImageTensor(values: [0, 0, 0, 0, 0, 0], channels: 3, width: 2, height: 1) != nil)
    #expect(ImageTensor(values: [0, 0, 0, 0, 0], channels: 3, width: 2, height: 1) == nil)
    #expect(ImageTensor(values: [0, 0, 0, 0], channels: 2, width: 2, height: 1) == nil)
    #expect(ImageTensor(values: [], channels: 3, width: 0, height: 1) == nil)
    #expect(ImageTensor(values: [0], channels: 1, width: .max, height: 2) == nil)
    for value in [Float.nan, .infinity] {
      #expect(ImageTensor(values: [0, value], channels: 1, width: 2, height: 1) == nil)
    }
  }

  @Test func `an image in memory is denoised by a network of its channels alone`() throws {
    let denoiser = Denoiser(try TinyModel.make(), method: .mean)
    let gray = try #require(
      ImageTensor(values: .init(repeating: 0, count: 64), channels: 1, width: 8, height: 8))
    #expect(throws: DenoisingError.channels(1, expected: 3)) { try denoiser.denoise(gray) }
    let color = try #require(
      ImageTensor(values: .init(repeating: 0, count: 264), channels: 3, width: 8, height: 11))
    #expect(throws: SettingError.self) { try denoiser.denoise(color, sigma: -1) }
    let clean = try denoiser.denoise(color, sigma: 5)
    #expect((clean.width, clean.height, clean.channels) == (8, 11, 3))
    #expect(clean.values.count == 264 && clean != color)
  }

  @Test func `an image in memory is written and read`() throws {
    let folder = try TemporaryFolder()
    let image = try #require(
      ImageTensor(values: [-1, 1, 1, -1, 1, 1], channels: 3, width: 2, height: 1))
    try image.write(toPNG: folder / "a.png")
    #expect(try ImageTensor(readingPNG: folder / "a.png", channels: 3) == image)
    let gray = try ImageTensor(readingPNG: folder / "a.png", channels: 1)
    // Rec. 601 luma of (0, 255, 255) and (255, 0, 255).
    #expect(gray.values.map { ($0 + 1) * 127.5 }.map { $0.rounded() } == [179, 105])
    #expect(throws: GenerationError.channels(2)) {
      try ImageTensor(readingPNG: folder / "a.png", channels: 2)
    }
  }
}
