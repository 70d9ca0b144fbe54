package import Checkpoints
internal import Files
package import Images
package import PNGCodec
internal import SystemPackage

/// Which training images a run's samples are nearest to, by root mean squares of thumbnails: does it copy?
///
/// At most 2,048 training images are looked at, once a session, and fewer where they are large.
package struct NearestImages {
  private static let mostImages = 2048
  private static let mostPixels = 1 << 24
  private static let side = 16
  /// So many images have to be held out to say how near is too near.
  private static let fewestHeldOut = 20
  private static let shown = 12

  private let plan: TrainingPlan
  private let size: ImageSize
  private let images: Dataset
  /// Which of the images are looked at.
  private let indices: [Int]
  private let thumbnails: [[UInt8]]
  /// The square error below which only 5 % of the images held out are near a training image.
  private let usual: Int?

  /// Nil where samples are not whole images, or there is nothing to compare them with.
  ///
  /// - Parameter images: those that are trained on. What is read of them here the training need not read.
  package init?(_ plan: TrainingPlan, _ images: Dataset) {
    if plan.settings.fit == .randomCrop { return nil }
    let most = min(Self.mostImages, max(1, Int(Double(Self.mostPixels) / max(1, plan.meanArea))))
    self.plan = plan
    let whole = plan.configuration.size
    let scale = min(1, Double(Self.side) / Double(max(whole.width, whole.height)))
    func scaled(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
    size = ImageSize(width: scaled(whole.width), height: scaled(whole.height))
    let small = size
    func read(_ dataset: Dataset, _ most: Int) -> [(index: Int, thumbnail: [UInt8])] {
      // What cannot be read has been told of.
      evenlySpread(most, of: dataset.files.count).compactMap { index in
        (try? dataset.image(at: index)).map { (index, $0.resampled(to: small).pixels) }
      }
    }
    let trained = read(images, most)
    if trained.isEmpty { return nil }
    self.images = images
    indices = trained.map(\.index)
    thumbnails = trained.map(\.thumbnail)
    var held: [Int] = []
    if plan.validation.count >= Self.fewestHeldOut {
      held = read(plan.dataset(plan.validation), min(most, 128)).map { [thumbnails] in
        Self.nearest(to: $0.thumbnail, among: thumbnails, small, plan).error
      }.sorted()
    }
    usual = held.count < Self.fewestHeldOut ? nil : held[held.count / 20]
  }

  /// The nearest thumbnail, of which there is at least one, and its sum of square errors.
  private static func nearest(
    to image: [UInt8], among thumbnails: [[UInt8]], _ size: ImageSize, _ plan: TrainingPlan
  ) -> (index: Int, error: Int) {
    // A mirrored copy is a copy where training mirrors.
    let mirrors = plan.settings.flip || plan.augmentation != nil
    let views = mirrors ? [image, mirrored(image, size)] : [image]
    var best = (index: 0, error: Int.max)
    for (index, other) in thumbnails.enumerated() {
      for view in views {
        let error = squareError(view, other)
        if error < best.error { best = (index, error) }
      }
    }
    return best
  }

  private static func squareError(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var sum: Int32 = 0
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        // At most 16 x 16 x 4 squares of 255.
        for i in 0..<min(a.count, b.count) {
          let difference = Int32(a[i]) &- Int32(b[i])
          sum &+= difference &* difference
        }
      }
    }
    return Int(sum)
  }

  private static func mirrored(_ pixels: [UInt8], _ size: ImageSize) -> [UInt8] {
    let channels = pixels.count / size.area
    return (0..<size.area).flatMap { p in
      let from = (p / size.width * size.width + size.width - 1 - p % size.width) * channels
      return pixels[from..<(from + channels)]
    }
  }

  /// Compares samples, and writes a picture of those that are nearest, each beside the image that it is near.
  ///
  /// The picture says of how many images these are the nearest, and where enough are held out, how many percent of
  /// the samples are nearer to a training image than 95 % of the images held out (`copies`).
  package func compare(_ samples: [PixelImage], step: Int, in folder: RunFolder) throws {
    let found = samples.map {
      Self.nearest(to: $0.resampled(to: size).pixels, among: thumbnails, size, plan)
    }
    let order = found.indices.sorted { (found[$0].error, $0) < (found[$1].error, $1) }
    let chosen = order.prefix(Self.shown)
    let pairs = chosen.flatMap { sample -> [PixelImage] in
      guard let image = try? images.image(at: indices[found[sample].index]) else { return [] }
      return [samples[sample], image]
    }
    if pairs.isEmpty { return }
    let copies = usual.map { usual in
      100 * found.count { $0.error < usual } / max(1, found.count)
    }
    let provenance = Provenance(
      "train",
      [("step", "\(step)"), ("pairs", "\(pairs.count / 2)"), ("of", "\(indices.count)")]
        + (copies.map { [("copies", "\($0)")] } ?? []))
    try PNGWriter.write(
      ImageGrid.arrange(pairs, columns: min(6, pairs.count)), text: provenance.chunks,
      to: folder.nearest)
  }
}
