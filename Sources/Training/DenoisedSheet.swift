internal import Checkpoints
internal import Distributed
internal import Images
internal import PNGCodec
internal import Random
internal import Restoration
internal import Sampling
internal import SystemPackage

/// A picture of what a denoiser does along its run: in each row pieces of images, the same with noise,
/// and with the noise taken out again, the noise rising from row to row.
struct DenoisedSheet {
  private static let count = 8

  let plan: TrainingPlan

  /// Draws it, on all processes together, and writes it on the first.
  func write(_ model: DiffusionModel, to path: FilePath) throws {
    let files = plan.validation.isEmpty ? plan.training : plan.validation
    // A run on stored examples may have no images at all.
    if files.isEmpty { return }
    let count = min(files.count, Self.count)
    let dataset = plan.dataset(Array(files[..<count]))
    let (width, height) = (plan.configuration.images.width, plan.configuration.images.height)
    let denoiser = Denoiser(
      model, method: .mean, precision: plan.settings.precision,
      memoryLimit: plan.settings.memory?.bytes, threads: plan.settings.threads)
    let ranks = plan.processes.communicator
    let degrader = try Degrader(plan.configuration)
    let rows = try ranks.results(of: count) { index in
      // What cannot be read has been told of; here its row is missing.
      guard let image = try? dataset.image(at: index) else { return [] }
      let (clean, noisy, level) = try example(of: image, index: index, of: count, by: degrader)
      let denoised = try denoiser.denoise([
        .init(
          ImageTensor(noisy, plan.configuration.channels, width, height), noiseLevel: level,
          index: UInt32(index))
      ])
      return Pixels.images(
        clean + noisy + denoised[0], width: width, height: height, format: plan.format
      ).flatMap(\.pixels)
    }
    let images = plan.pictures(rows ?? [])
    if images.isEmpty || !ranks.isFirst { return }
    let provenance = Provenance(
      "train", [("images", String(images.count / 3)), ("noise", noiseText)] + model.facts)
    // Two rows of three beside each other.
    try PNGWriter.write(
      ImageGrid.arrange(images, columns: 6), text: provenance.chunks, to: path)
  }
  private var noiseText: String {
    plan.configuration.noiseRange.map(\.description) ?? "degradation"
  }

  /// A clean image, and the same with noise that rises from row to row, or as a restoration network has it.
  private func example(
    of picture: PixelImage, index: Int, of count: Int, by degrader: Degrader?
  ) throws -> (clean: [Float], noisy: [Float], level: Double?) {
    let size = plan.configuration.images
    let clean = Pixels.values(of: picture, width: size.width, height: size.height)
    func stream(_ site: Int) -> RandomStream {
      RandomStream(seed: plan.settings.seed, purpose: .validation, index: index, site: site)
    }
    if let degrader {
      let example = try degrader.example(of: clean, stream: stream)
      return (zip(example.input, example.target).map(-), example.image, nil)
    }
    let levels = plan.configuration.noiseRange?.levels ?? 0...1
    let level =
      levels.lowerBound + (levels.upperBound - levels.lowerBound) * Double(index + 1)
      / Double(count)
    let noise = stream(0).normals(clean.count)
    return (clean, zip(clean, noise).map { $0 + Float(level) * $1 }, level)
  }
}
