public import Checkpoints
internal import Diffusion
internal import Random

/// What a sampler of one's own needs: predictions, noise, and images of what comes out. Batches are images
/// one after another as (C, H, W), all at the same timestep.
extension Generator {
  /// The network's prediction of the clean images x_0 of a batch at a timestep, with the settings'
  /// guidance and threshold applied.
  ///
  /// - Parameters:
  ///   - x: x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps of each image, `elementsPerImage` numbers for each index.
  ///   - timestep: from 0, the least noisy, to `model.timesteps` - 1; it may lie between two.
  ///   - indices: the images', of which the settings' classes follow.
  /// - Throws: `MemoryShortage`, or `GenerationError.notFinite` where the network's output is no number, also for such
  ///   input.
  public func predictedX0(_ x: [Float], at timestep: Double, _ indices: [Int]) throws -> [Float] {
    if indices.isEmpty { return [] }
    precondition(x.count == indices.count * elementsPerImage, "a batch of another size")
    let output = try output(
      x, at: timestep, classes: settings.classes(of: indices, model.configuration))
    let (prediction, _) = halves(output, of: x.count, imageSize: elementsPerImage)
    var x0 = model.configuration.objective.predictedX0(
      xt: x, output: prediction, alphaBar: model.schedule.alphaBar(at: timestep))
    settings.threshold.apply(to: &x0, imageSize: elementsPerImage)
    return x0
  }

  /// The standard normal numbers that a sampler adds to images at a timestep: the same for the same seed,
  /// index, timestep and repetition, whatever else is in the batch.
  ///
  /// - Parameters:
  ///   - indices: the images', from 0 to 2^32 - 1 each.
  ///   - timestep: from 0 up.
  ///   - repetition: how often the sampler has come to the timestep before, from 0 up.
  public func samplerNoise(
    _ indices: [Int], at timestep: Int, repetition: Int = 0
  ) -> [Float] {
    var noise = [Float](repeating: 0, count: indices.count * elementsPerImage)
    fill(&noise, indices, .samplerNoise, NoiseKey(timestep: timestep, repetition: repetition))
    return noise
  }

  /// The images of a batch, which has `elementsPerImage` numbers for each.
  public func tensors(_ batch: [Float]) -> [ImageTensor] {
    let images = model.configuration.images
    return stride(from: 0, to: batch.count, by: elementsPerImage).map { first in
      ImageTensor(
        Array(batch[first..<(first + elementsPerImage)]), model.configuration.channels,
        images.width, images.height)
    }
  }
}

extension DiffusionModel {
  /// T, the number of timesteps of the noise schedule: 0 is the least noisy, T - 1 the noisiest.
  public var timesteps: Int { schedule.timesteps }

  /// abar at a real timestep from 0 to T - 1: the share of the variance that is the image's. 1 at -1, the
  /// clean image. There is none at other timesteps.
  public func alphaBar(at timestep: Double) -> Double { schedule.alphaBar(at: timestep) }
}
