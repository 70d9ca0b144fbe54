import Checkpoints
import Files
import Networks
import PNGCodec
import Restoration
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Large images are denoised band by band: nothing shows where one ends.
@Suite struct RowBandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 200, height: 210, to: folder / "in")
    try PNGWriter.write(
      DeepImage(
        width: 150, height: 170, format: .grayAlpha,
        pixels: (0..<(2 * 150 * 170)).map { UInt16(truncatingIfNeeded: $0 * 7919) }),
      to: folder / "in/deep.png")
  }

  /// A small restoration network with random weights, for tiles of 64 pixels.
  private func denoiser(memoryLimit: Int? = nil) throws -> Denoiser {
    var network = UNetPreset.restoration.configuration(channels: 3)
    (network.channelsPerLevel, network.attentionLevels) = ([16], [false])
    network.inputChannels = 5
    let model = try TinyModel.make(network, degradation: Degradation())
    return Denoiser(model, method: .mean, tile: 64, precision: .f32, memoryLimit: memoryLimit)
  }

  /// Images and what is told of their noise.
  private func results(
    _ name: String, _ denoiser: Denoiser, _ change: (inout DenoisingJob) -> Void
  ) throws -> ([DeepImage], [NoiseEstimate]) {
    var job = DenoisingJob(inputs: [folder / "in"], output: folder / name)
    change(&job)
    let outcome = try job.run(denoiser)
    #expect(outcome.written == 2)
    return (
      try ["a", "deep"].map { try PNGReader.picture(folder / "\(name)/\($0).png").image },
      outcome.noise.compactMap(\.estimate)
    )
  }

  private static let settings: [@Sendable (inout DenoisingJob) -> Void] = [
    { _ in }, { $0.gain = 3 }, { ($0.sigma, $0.strength.luma, $0.strength.grain) = (9, 0.5, 0.4) },
    { $0.sigmaRange = NoiseRange("30..40") }, { $0.pictures.depth = .sixteen },
  ]

  @Test(arguments: settings.indices)
  func `bands of one row of tiles give what bands of more give`(index: Int) throws {
    let change = Self.settings[index]
    let whole = try results("whole", denoiser(), change)
    // The memory for one tile at a time.
    let error = #expect(throws: DenoiserMemory.self) {
      try denoiser(memoryLimit: 100_000).denoise(
        ImageTensor(readingPNG: folder / "in/a.png", channels: 3))
    }
    let limit = try #require(error?.needed)
    let banded = try results("banded", denoiser(memoryLimit: limit), change)
    #expect(whole.0 == banded.0)
    #expect(whole.1 == banded.1)
  }

  @Test func `gray that is stored in three colors stays gray`() throws {
    let gray = (0..<(40 * 30)).map { UInt16(truncatingIfNeeded: $0 * 7919) }
    let image = DeepImage(
      width: 40, height: 30, format: .rgb, pixels: gray.flatMap { [$0, $0, $0] })
    try PNGWriter.write(image, to: folder / "in/gray.png")
    let job = DenoisingJob(inputs: [folder / "in/gray.png"], output: folder / "out")
    #expect(try job.run(denoiser()).written == 1)
    let result = try PNGReader.picture(folder / "out/gray.png").image
    #expect(result.pixels != image.pixels)
    let reds = stride(from: 0, to: result.pixels.count, by: 3).map { result.pixels[$0] }
    #expect(result.pixels == reds.flatMap { [$0, $0, $0] })
  }

  @Test func `images that are too large to be read ahead come out in their turn`() throws {
    let all = try results("all", denoiser()) { _ in }
    try TestImages.write("b.png", "c.png", width: 40, height: 40, to: folder / "in")
    var job = DenoisingJob(inputs: [folder / "in"], output: folder / "alone")
    job.mostPixelsAhead = 30_000
    #expect(try job.run(denoiser()).written == 4)
    for (index, name) in ["a", "deep"].enumerated() {
      #expect(try PNGReader.picture(folder / "alone/\(name).png").image == all.0[index])
    }
    // Past the limit for all they are refused, as others are.
    job.output = folder / "refused"
    job.pictures.maxPixels = 40_000
    let outcome = try job.run(denoiser())
    #expect(outcome.written == 3)
    #expect(outcome.failures.count == 1 && outcome.failures[0].contains("limit of 40000 pixels"))
  }
}
