import Checkpoints
import Diffusion
import Random
import Restoration
import Sampling
import TestModels
import Testing

/// Models of diffusion with less noise than at their first timestep.
@Suite struct WeakNoiseTests {
  private let width = 16
  private let height = 16

  // As much was taken away as at the first timestep, however little noise there was.
  @Test func `less is taken away, with the square of the level`() throws {
    let denoiser = Denoiser(try TinyModel.make(), method: .mean, precision: .f32)
    let first = denoiser.model.schedule.noiseLevel(at: 0)
    let image = RandomStream(seed: 4, purpose: .crop, index: 0).normals(3 * width * height)
      .map { min(max(0.2 * $0, -0.9), 0.9) }
    func change(_ level: Double) throws -> Float {
      let clean = try denoiser.denoise([
        .init(ImageTensor(image, 3, width, height), noiseLevel: level, index: 0)
      ])[0]
      return zip(clean, image).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    let whole = try change(first)
    #expect(whole > 0)
    #expect(abs(try change(first / 2) / whole - 0.25) < 0.01)
    #expect(try change(first / 100) < 0.001 * whole)
    #expect(try change(0) < 1e-5)
  }
}
