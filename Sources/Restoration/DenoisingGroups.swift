internal import Checkpoints
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// An image with noise that is about to be taken out.
struct DenoisingInput: Sendable {
  let file: ImageFile
  let image: NoisyImage
  /// The noise's standard deviation on the [-1, 1] scale.
  let noiseLevel: Double
  /// The same as the image shows it.
  let estimatedNoiseLevel: Double
  /// Tells its noise from other images'.
  let index: UInt32
  /// Whether there is no result yet.
  let isMissing: Bool
}

/// A job's images in order, in groups that go through the network together: images of one size, none
/// larger than a tile.
struct DenoisingGroups: Sendable {
  enum Item: Sendable {
    case image(DenoisingInput)
    case skipped(ImageFile)
    case failed(any Error)
  }

  let job: DenoisingJob
  /// Those that are still to come.
  package var files: ArraySlice<ImageFile>
  /// Of the network.
  let channels: Int
  /// What the text of a result begins with.
  let expected: String
  /// Whether images are wanted too of which there is a result.
  let readsAll: Bool
  /// The largest side of an image that others go with.
  let largestSide: Int
  /// Images of a group.
  let most: Int
  /// An image that belongs to the next group.
  private var held: DenoisingInput?

  /// - Parameter readsAll: whether images are wanted too of which there is a result.
  init(_ job: DenoisingJob, _ files: [ImageFile], for denoiser: Denoiser, readsAll: Bool) {
    self.job = job
    self.files = files[...]
    self.readsAll = readsAll
    channels = denoiser.model.configuration.channels
    expected = job.provenanceText(denoiser)
    largestSide = denoiser.tile
    most = denoiser.imagesAtOnce
  }

  /// The next group; nil after the last.
  mutating func next() throws -> [Item]? {
    var group: [Item] = []
    var first: NoisyImage?
    var images = 0
    /// Whether the image has a place in the group.
    func fits(_ image: NoisyImage) -> Bool {
      guard let first else { return true }
      return images < most && image.width == first.width && image.height == first.height
        && max(image.width, image.height) <= largestSide
    }
    func take(_ input: DenoisingInput) {
      first = first ?? input.image
      images += 1
      group.append(.image(input))
    }
    if let input = held {
      held = nil
      take(input)
    }
    while let file = files.popFirst() {
      let item = try item(file)
      guard case .image(let input) = item else {
        group.append(item)
        continue
      }
      guard fits(input.image) else {
        held = input
        break
      }
      take(input)
    }
    return group.isEmpty ? nil : group
  }

  private func item(_ file: ImageFile) throws -> Item {
    do {
      guard job.results.hasRoom(for: file) else { throw DenoisingError.nameTooLong(file.path) }
      let isMissing = try job.isMissing(file, expected)
      guard isMissing || readsAll else { return .skipped(file) }
      let index = UInt32(file.noiseIndex)
      var image = try NoisyImage(file.path, channels: channels, job.pictures)
      if job.addsNoise, let sigma = job.sigma {
        image.addNoise(sigma: sigma, seed: job.noiseSeed, index: index)
      }
      let estimate = image.estimatedNoiseLevel
      return .image(
        DenoisingInput(
          file: file, image: image, noiseLevel: job.sigma.map { $0 / 127.5 } ?? estimate,
          estimatedNoiseLevel: estimate, index: index, isMissing: isMissing))
    } catch let error as PNGError where !job.isStrict {
      return .failed(error)
    } catch let error as DenoisingError where !job.isStrict {
      return .failed(error)
    } catch let error as PictureError where !job.isStrict {
      return .failed(error)
    }
  }
}

extension DenoisingJob {
  /// Whether there is no result of an image.
  ///
  /// - Parameter expected: how one would tell of itself, before what was estimated.
  func isMissing(_ file: ImageFile, _ expected: String) throws -> Bool {
    try results.isMissing(file, expected: expected) {
      $0 == expected || $0.hasPrefix(expected + "; estimated")
    }
  }
}
