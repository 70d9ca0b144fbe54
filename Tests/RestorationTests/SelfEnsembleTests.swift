import Checkpoints
import Random
import Restoration
import Sampling
import SystemPackage
import Testing

@Suite struct SelfEnsembleTests {
  private let model: DiffusionModel
  private let width = 96
  private let height = 64
  private let clean: [Float]
  private let noisy: [Float]

  init() throws {
    let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("Sources/Restoration/Models/denoise-rgb.h5")
    model = try DiffusionModel(file)
    let (width, area) = (self.width, self.width * height)
    let normals = RandomStream(seed: 3, purpose: .crop, index: 0).normals(3 * area)
    // Slanted edges between two tones.
    let clean = normals.indices.map {
      (($0 % width + $0 % area / width * 2) / 24) % 2 == 0 ? Float(-0.4) : 0.3
    }
    self.clean = clean
    noisy = normals.indices.map { clean[$0] + 0.2 * normals[$0] }
  }

  private func denoised(_ image: [Float], _ ensemble: SelfEnsemble) throws -> [Float] {
    let denoiser = Denoiser(model, method: .mean, ensemble: ensemble, precision: .f32)
    return try denoiser.denoise([
      .init(ImageTensor(image, 3, width, height), noiseLevel: 0.2, index: 0)
    ])[0]
  }

  /// The planes turned by 180 degrees, or mirrored.
  private func reversed(_ image: [Float], each count: Int) -> [Float] {
    stride(from: 0, to: image.count, by: count).flatMap { image[$0..<($0 + count)].reversed() }
  }

  private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test(arguments: [(SelfEnsemble.one, false, false), (.two, true, false), (.four, true, true)])
  func `flips over which is averaged flip the result`(
    ensemble: SelfEnsemble, turned: Bool, mirrored: Bool
  ) throws {
    let result = try denoised(noisy, ensemble)
    for (count, isAveraged) in [(width * height, turned), (width, mirrored)] {
      let flipped = try denoised(reversed(noisy, each: count), ensemble)
      let difference = largestDifference(flipped, reversed(result, each: count))
      #expect((difference < 1e-5) == isAveraged, "\(difference)")
    }
  }

  @Test func `averages are nearer to the clean image`() throws {
    let errors = try SelfEnsemble.allCases.map { ensemble in
      zip(try denoised(noisy, ensemble), clean).reduce(0.0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }
    }
    #expect(errors[1] < errors[0] && errors[2] < errors[0], "\(errors)")
  }
}
