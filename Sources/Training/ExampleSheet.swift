internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec

/// A picture of some of the images that a run is trained on, as the network is given them.
struct ExampleSheet {
  let plan: TrainingPlan

  /// How many images are shown: as many as a page shows well.
  private var count: Int {
    min(48, max(6, 400_000 / max(1, plan.configuration.size.area)), plan.training.count)
  }

  /// Writes it.
  func write(to folder: RunFolder) throws {
    // A run on recorded examples may have no images.
    if plan.training.isEmpty { return }
    let files = evenlySpread(count, of: plan.training.count).map { plan.training[$0] }
    let images = plan.examples(of: files)
    if images.isEmpty { return }
    let provenance = Provenance("train", [("examples", String(images.count))])
    try PNGWriter.write(
      ImageGrid.arrange(images, columns: min(12, images.count)), text: provenance.chunks,
      to: folder.examples)
  }
}
