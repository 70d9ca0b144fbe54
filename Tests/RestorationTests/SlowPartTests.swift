import Checkpoints
import Random
import Restoration
import Sampling
import SystemPackage
import Testing

/// Whether tones stay where they are.
@Suite struct SlowPartTests {
  private let denoiser: Denoiser
  private let width = 96
  private let height = 80

  init() throws {
    let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("Sources/Restoration/Models/denoise-rgb.h5")
    denoiser = Denoiser(try DiffusionModel(file), method: .mean, precision: .f32)
  }

  /// The mean change of a slope around a tone by denoising, in gray levels, where noise of `sigma` is told to be of `told`.
  private func shift(tone: Float, sigma: Float, told: Double) throws -> Float {
    let area = width * height
    let normals = RandomStream(seed: 3, purpose: .crop, index: 0).normals(3 * area)
    let clean = normals.indices.map { tone + 0.1 * Float($0 % width) }
    let noisy = normals.indices.map { i in
      min(max((clean[i] + sigma * normals[i]).rounded(), 0), 255) / 127.5 - 1
    }
    let found = try denoiser.denoise([
      .init(ImageTensor(noisy, 3, width, height), noiseLevel: told / 127.5, index: 0)
    ])[0]
    let changes = zip(found, clean).map { $0 * 127.5 + 127.5 - $1 }
    return changes.reduce(0, +) / Float(changes.count)
  }

  @Test(arguments: [16, 30, 120, 220] as [Float])
  func `more noise told than there is shifts no tones`(tone: Float) throws {
    let shift = try shift(tone: tone, sigma: 3, told: 16)
    #expect(abs(shift) < 0.25, "\(shift)")
  }

  // Its mean is 7 levels too bright.
  @Test func `noise that was cut off at black is brought back to its mean`() throws {
    let shift = try shift(tone: 8, sigma: 30, told: 30)
    #expect(abs(shift) < 4, "\(shift)")
  }

  // Of weak noise at the ends a few samples are cut off: tones came out 1 level too dark or too bright.
  @Test(arguments: [(5, 4), (8, 8), (240, 4), (238, 8)] as [(Float, Float)])
  func `weak noise that is cut off now and then shifts no tones`(
    picture: (tone: Float, sigma: Float)
  ) throws {
    let shift = try shift(
      tone: picture.tone, sigma: picture.sigma, told: Double(picture.sigma) * 1.5)
    #expect(abs(shift) < 0.35, "\(shift)")
  }
}
