internal import Checkpoints
internal import Images
internal import Text

/// What commonly spoils a training, found before it begins, and the way out.
public struct TrainingWarning: Sendable, Equatable {
  /// What it is about, as `--json` has it.
  public enum Kind: String, Sendable, CaseIterable {
    /// Much of the images' area is lost, or they are stretched, or framed by much background.
    case cropped, stretched, padded
    /// Many images are smaller than the size.
    case enlarged
    /// Color files show nothing but grays.
    case grayscale
    /// Many images are copies of others.
    case duplicates
    /// Transparent pixels get a background.
    case transparency
    /// There are few images, or few of a class.
    case fewImages = "few_images"
    case fewOfClass = "few_of_class"
    /// The run ends before there can be much to see.
    case fewSteps = "few_steps"
  }

  /// What it is about.
  public let kind: Kind
  /// One sentence, in which a setting's name is in backquotes.
  public let text: String
}

extension TrainingPlan {
  /// Below so many images a model learns them by heart rather than what they have in common.
  private static let fewImages = 200
  /// Below so many of a class.
  private static let fewOfClass = 20

  /// What may spoil the training of the images that were found.
  static func warnings(
    _ facts: ImageFacts, _ settings: TrainingSettings, asked: TrainingSettings, size: ImageSize,
    training: [ImageFile], classes: FolderClasses?
  ) -> [TrainingWarning] {
    var all: [TrainingWarning] = []
    func warn(_ kind: TrainingWarning.Kind, _ text: String?) {
      if let text { all.append(TrainingWarning(kind: kind, text: text)) }
    }
    warn(.fewImages, fewImages(facts, training.count, settings.fit, size))
    warn(.duplicates, duplicates(facts))
    warn(.fewOfClass, classes.flatMap { fewOfClass($0, training) })
    switch settings.fit {
    case .crop: warn(.cropped, cropped(facts, size))
    case .resize: warn(.stretched, stretched(facts, size))
    case .pad: warn(.padded, padded(facts, size))
    case .randomCrop: break
    }
    warn(.enlarged, enlarged(facts, settings.fit, size))
    if asked.channels == nil {
      if settings.channels == 3 { warn(.grayscale, grayscale(facts.pixels)) }
      if facts.transparentShare > 0, !facts.isTransparent {
        warn(
          .transparency,
          facts.transparentWords
            + "; they get the background \(settings.background); use `channels` 4 to train on RGBA")
      }
    }
    return all
  }

  private static func fewImages(
    _ facts: ImageFacts, _ count: Int, _ fit: Fit, _ size: ImageSize
  ) -> String? {
    // Random crops are as many images as there are pieces.
    let pieces = fit == .randomCrop ? facts.mean { Double(max(1, $0.area / size.area)) } : 1
    guard Double(count) * pieces < Double(fewImages) else { return nil }
    return count == 1
      ? "there is only one image to train on, which the model will learn by heart; add more, best "
        + "\(fewImages) or more"
      : "there are only \(count) images to train on, of which the model may make near copies; add "
        + "more, best \(fewImages) or more"
  }

  private static func duplicates(_ facts: ImageFacts) -> String? {
    guard let copies = facts.copies, 20 * copies.count >= copies.total else { return nil }
    let share = Double(copies.count) / Double(copies.total)
    return
      "\(ImageFacts.percent(share)) % of the images (\(copies.count) of \(copies.total) looked at) "
      + "are exact copies of others, such as \(copies.example.image) of \(copies.example.first), and "
      + "would be learned by heart first; remove them"
  }

  private static func fewOfClass(_ classes: FolderClasses, _ training: [ImageFile]) -> String? {
    var counts = [Int](repeating: 0, count: classes.names.count)
    for file in training { counts[classes.number(of: file)] += 1 }
    let few = counts.indices.filter { counts[$0] < fewOfClass }
    if few.isEmpty { return nil }
    let words = few.sorted { (counts[$0], $0) < (counts[$1], $1) }.map {
      "\(classes.names[$0]) \(counts[$0])"
    }
    return
      "\(few.count) of \(counted(counts.count, "class")) \(few.count == 1 ? "has" : "have") fewer "
      + "than \(fewOfClass) images to train on (\(Readable.list(words))); add images, or leave such "
      + "classes out"
  }

  private static func cropped(_ facts: ImageFacts, _ size: ImageSize) -> String? {
    func lost(_ image: ImageSize) -> Double {
      let scale = max(
        Double(size.width) / Double(image.width), Double(size.height) / Double(image.height))
      return max(0, 1 - Double(size.area) / (scale * scale * Double(image.area)))
    }
    let mean = facts.mean(lost)
    let most = facts.sizes.map { lost($0.size) }.max() ?? 0
    let many = facts.mean { lost($0) > 1.0 / 3 ? 1 : 0 }
    guard mean >= 0.15 || many >= 0.1 else { return nil }
    let range = most - mean < 0.01 ? "" : " on average and up to \(ImageFacts.percent(most)) %"
    return
      "cropping to \(size.inWords) pixels cuts off \(ImageFacts.percent(mean)) % of the images' area"
      + "\(range); use a `size` of their shape, or `fit` pad or resize"
  }

  private static func stretched(_ facts: ImageFacts, _ size: ImageSize) -> String? {
    func stretch(_ image: ImageSize) -> Double {
      let ratio =
        Double(size.width) / Double(image.width) * Double(image.height) / Double(size.height)
      return max(ratio, 1 / ratio)
    }
    let mean = facts.mean(stretch)
    let many = facts.mean { stretch($0) > 1.5 ? 1 : 0 }
    guard mean >= 1.25 || many >= 0.1 else { return nil }
    return "resizing to \(size.inWords) pixels stretches the images by a factor of "
      + "\(Readable.number((10 * mean).rounded() / 10)) on average; use a `size` of their shape, or `fit` crop or pad"
  }

  private static func padded(_ facts: ImageFacts, _ size: ImageSize) -> String? {
    let share = facts.mean { image in
      let scale = min(
        Double(size.width) / Double(image.width), Double(size.height) / Double(image.height))
      return max(0, 1 - scale * scale * Double(image.area) / Double(size.area))
    }
    guard share >= 0.2 else { return nil }
    return
      "padding to \(size.inWords) pixels makes \(ImageFacts.percent(share)) % of the training images' area "
      + "background; use a `size` of their shape, or `fit` crop"
  }

  private static func enlarged(_ facts: ImageFacts, _ fit: Fit, _ size: ImageSize) -> String? {
    func scale(_ image: ImageSize) -> Double {
      let across = Double(size.width) / Double(image.width)
      let down = Double(size.height) / Double(image.height)
      return fit == .pad ? min(across, down) : max(across, down)
    }
    let share = facts.mean { scale($0) >= 1.5 ? 1 : 0 }
    guard share >= 0.1 else { return nil }
    let most = facts.sizes.map { scale($0.size) }.max() ?? 1
    return
      "\(ImageFacts.percent(share)) % of the images are much smaller than \(size.inWords) pixels and are "
      + "enlarged, up to \(Readable.number((10 * most).rounded() / 10)) times; use a smaller `size`, or leave "
      + "small images out"
  }

  private static func grayscale(_ pixels: PixelFindings) -> String? {
    let grays = pixels.graysInColor + pixels.grays
    guard pixels.graysInColor > 0, 10 * grays >= pixels.count else { return nil }
    let looked = "of the \(counted(pixels.count, "image")) looked at"
    return grays == pixels.count
      ? "all \(looked) show only grays, though they are stored in color; use `channels` 1 to train on grayscale"
      : "\(grays) \(looked) show only grays, and the others colors; leave one kind out, or use `channels` 1 to train "
        + "all as grayscale"
  }
}
