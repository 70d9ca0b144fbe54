internal import Checkpoints
internal import Distributed
internal import Images
internal import PNGCodec
internal import Random
internal import Restoration
internal import SystemPackage

/// A picture of what a denoiser does along its run: in each row pieces of images, the same with noise,
/// and with the noise taken out again, the noise rising from row to row.
struct DenoisedSheet {
  private static let count = 8

  let plan: TrainingPlan
  let range: NoiseRange

  /// Draws it, on all processes together, and writes it on the first.
  func write(_ model: DiffusionModel, to path: FilePath) throws {
    let files = plan.validation.isEmpty ? plan.training : plan.validation
    // A run on stored examples may have no images at all.
    if files.isEmpty { return }
    let count = min(files.count, Self.count)
    let dataset = plan.dataset(Array(files[..<count]))
    let (width, height) = (plan.configuration.images.width, plan.configuration.images.height)
    let denoiser = Denoiser(
      model, method: .mean, precision: plan.settings.precision, threads: plan.settings.threads)
    let ranks = plan.processes.communicator
    let rows = try ranks.results(of: count) { index in
      // What cannot be read has been told of; here its row is missing.
      guard let image = try? dataset.image(at: index) else { return [] }
      let clean = Pixels.values(of: image, width: width, height: height)
      let level =
        range.levels.lowerBound + (range.levels.upperBound - range.levels.lowerBound)
        * Double(index + 1) / Double(count)
      let noise = RandomStream(seed: plan.settings.seed, purpose: .validation, index: index)
        .normals(clean.count)
      let noisy = zip(clean, noise).map { $0 + Float(level) * $1 }
      let denoised = try denoiser.denoise(
        [.init(values: noisy, noiseLevel: level, index: UInt32(index))], width: width,
        height: height)
      return Pixels.images(
        clean + noisy + denoised[0], width: width, height: height, format: plan.format
      ).flatMap(\.pixels)
    }
    let images = plan.pictures(rows ?? [])
    if images.isEmpty || !ranks.isFirst { return }
    let provenance = Provenance(
      "train", [("images", String(images.count / 3)), ("noise", "\(range)")] + model.facts)
    // Two rows of three beside each other.
    try PNGWriter.write(
      ImageGrid.arrange(images, columns: 6), text: provenance.chunks, to: path)
  }
}
