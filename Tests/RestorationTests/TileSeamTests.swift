import CPU
import Checkpoints
import Compiler
import Diffusion
import Graph
import Networks
import Random
import Restoration
import Sampling
import Testing

@Suite struct TileSeamTests {
  /// A small network of the preset denoiser's kind, with random weights.
  static func denoiser(tile: Int, memoryLimit: Int? = nil) throws -> Denoiser {
    var network = UNetPreset.denoiser.configuration(channels: 3)
    network.channelsPerLevel = [16, 32]
    network.attentionLevels = [false, false]
    let parameters = try ParameterStore(network.parameters, on: .cpu)
    parameters.initialize(seed: 1)
    let model = try DiffusionModel(
      ModelConfiguration(network: network, schedule: .init(), width: 32, height: 32),
      parameters: parameters, step: 0, fingerprint: "")
    return Denoiser(
      model, method: .mean, tile: tile, precision: .f32, memoryLimit: memoryLimit)
  }

  @Test func `tiles give what the whole image gives`() throws {
    let (width, height) = (403, 60)
    let image = RandomStream(seed: 1, purpose: .crop, index: 0).normals(3 * width * height)
      .map { $0 * 0.3 }
    func result(tile: Int) throws -> [Float] {
      try Self.denoiser(tile: tile).denoise([
        .init(ImageTensor(image, 3, width, height), noiseLevel: 0.2, index: 0)
      ])[0]
    }
    let whole = try result(tile: 1000)
    let tiled = try result(tile: 256)
    #expect(whole.count == 3 * width * height)
    // In gray levels: less than one in 99.9 % of the pixels.
    let differences = zip(whole, tiled).map { abs($0 - $1) * 127.5 }
    #expect(differences.count { $0 >= 1 } * 1000 <= differences.count)
    #expect(zip(whole, image).contains { abs($0 - $1) > 0.1 }, "the network does something")
  }

  @Test func `images that go through the network together come out as alone`() throws {
    let inputs = (0..<7).map { index in
      Denoiser.Input(
        ImageTensor(
          RandomStream(seed: 2, purpose: .crop, index: index).normals(3 * 30 * 22), 3, 30, 22),
        noiseLevel: 0.1 * Double(index + 1), index: 0)
    }
    let denoiser = try Self.denoiser(tile: 64)
    let alone = try inputs.flatMap { try denoiser.denoise([$0]) }
    #expect(try denoiser.denoise(inputs) == alone)
  }

  @Test func `an image takes the memory that it may or is refused`() throws {
    let image = [Float](repeating: 0, count: 3 * 200 * 200)
    func run(_ limit: Int?) throws -> [Float] {
      try Self.denoiser(tile: 64, memoryLimit: limit).denoise([
        .init(ImageTensor(image, 3, 200, 200), noiseLevel: 0.2, index: 0)
      ])[0]
    }
    let free = try run(nil)
    #expect(throws: DenoiserMemory.self) { try run(2_000_000) }
    // Enough for one tile at a time, not for sixteen.
    let error = #expect(throws: DenoiserMemory.self) { try run(1_000_000) }
    let needed = try #require(error?.needed)
    #expect(try run(needed) == free)
  }
}
