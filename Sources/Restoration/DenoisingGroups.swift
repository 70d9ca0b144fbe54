internal import Checkpoints
internal import Distributed
internal import Files
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// An image with noise that is about to be taken out.
struct DenoisingInput: Sendable {
  /// Its place among the job's images.
  let number: Int
  let file: ImageFile
  let image: NoisyImage
  /// The noise's standard deviation on the [-1, 1] scale; nil where a restoration network is to find it itself.
  let noiseLevel: Double?
  /// The noise as the image shows it; nil where what is taken away will tell.
  let estimate: NoiseEstimate?
  /// Whether the image is a drawing without noise, which stays as it is.
  let isDrawn: Bool
  /// Whether there is a result that gives way to its own.
  let replaces: Bool
  /// Tells its noise from other images'.
  let index: UInt32
  /// How its result is made, but for what is estimated of it.
  let provenance: Provenance
}

/// A job's images in order, in groups that go through the network together: images of one size, none
/// larger than a tile.
struct DenoisingGroups: Sendable {
  enum Item: Sendable {
    case image(DenoisingInput)
    /// An image of so many pixels that it is read when its turn comes, and nothing else beside it.
    case large
    /// The result is the image as it is.
    case copy
    /// With its noisy image, where that is wanted and is not there.
    case skipped(NoisyImage?)
    case failed(any Error)
  }

  let job: DenoisingJob
  let files: [ImageFile]
  /// The images' numbers that are still to come, for all processes.
  let queue: WorkQueue<ItemResult>
  /// Of the network.
  let channels: Int
  /// Whether the noise is estimated before the network sees the image.
  let estimates: Bool
  /// How results are made, but for what is each image's own.
  let expected: Provenance
  /// The largest side of an image that others go with.
  let largestSide: Int
  /// Images of a group.
  let most: Int
  /// What belongs to the next group.
  private var held: (number: Int, item: Item)?

  init(
    _ job: DenoisingJob, _ files: [ImageFile], _ queue: WorkQueue<ItemResult>,
    for denoiser: Denoiser
  ) {
    self.job = job
    self.files = files
    self.queue = queue
    channels = denoiser.model.configuration.channels
    estimates = !denoiser.isRestoration
    expected = job.provenance(denoiser)
    largestSide = denoiser.tile
    most = denoiser.imagesAtOnce
  }

  /// The next group, each image with its number; nil after the last.
  mutating func next() throws -> [(number: Int, item: Item)]? {
    var group: [(number: Int, item: Item)] = []
    var first: NoisyImage?
    var images = 0
    while images < most, let (number, item) = try take() {
      switch item {
      case .copy, .skipped, .failed: break
      case .large:
        if images > 0 {
          held = (number, item)
          return group
        }
        return group + [(number, item)]
      case .image(let input):
        let isSmall = max(input.image.width, input.image.height) <= largestSide
        if let first,
          !isSmall || input.image.width != first.width || input.image.height != first.height
        {
          held = (number, item)
          return group
        }
        first = input.image
        images += 1
        // A large one goes alone; the next is perhaps for another process.
        if !isSmall { return group + [(number, item)] }
      }
      group.append((number, item))
    }
    return group.isEmpty ? nil : group
  }

  /// What is held, or the next of the queue.
  private mutating func take() throws -> (number: Int, item: Item)? {
    if let held {
      self.held = nil
      return held
    }
    guard let number = queue.take()?.lowerBound else { return nil }
    return (number, try item(number, ahead: true))
  }

  /// What is to be done for an image. Errors end the job.
  ///
  /// - Parameter ahead: while others are computed, which the largest images are not read for.
  func item(_ number: Int, ahead: Bool) throws -> Item {
    let file = files[number]
    let limits =
      ahead ? min(job.pictures.limits.pixels, job.mostPixelsAhead) : job.pictures.limits.pixels
    do {
      guard job.results.hasRoom(for: file) else { throw DenoisingError.nameTooLong(file.path) }
      let standing = try job.standing(of: file, expected)
      if standing == .made {
        return try job.lacksNoisy(file)
          ? .skipped(try? job.noisyImage(file, channels: channels)) : .skipped(nil)
      }
      let image = try job.noisyImage(file, channels: channels, mostPixels: limits)
      if job.strength.isNone && job.copiesBytes { return .copy }
      let estimate =
        estimates ? NoiseEstimate(sigma: image.estimatedNoiseLevel * 127.5) : nil
      return try .image(
        DenoisingInput(
          number: number, file: file, image: image,
          noiseLevel: job.noiseLevel(estimated: estimate), estimate: estimate,
          isDrawn: !estimates && job.isBlind && image.source.image.isDrawn,
          replaces: standing == .outdated, index: UInt32(file.noiseIndex),
          provenance: job.provenance(of: file, expected)))
    } catch PNGError.tooLarge where limits < job.pictures.limits.pixels {
      return .large
    } catch let error as PNGError where !job.isStrict {
      return .failed(error)
    } catch let error as DenoisingError where !job.isStrict {
      return .failed(error)
    } catch let error as FileError where !job.isStrict {
      return .failed(error)
    } catch let error as PictureError where !job.isStrict {
      return .failed(error)
    }
  }
}

extension DenoisingJob {
  /// How the result of an image is made, but for what is estimated of it.
  func provenance(of file: ImageFile, _ expected: Provenance) throws -> Provenance {
    try expected.adding("image", Fingerprint.text(ofFile: file.path))
  }

  /// What is there of an image's result.
  enum Standing {
    case missing, made
    /// The result of a clean image that is to be copied.
    case outdated
  }

  func standing(of file: ImageFile, _ expected: Provenance) throws -> Standing {
    guard try Folders.exists(path(of: file)) else { return .missing }
    try results.requireOther(than: file)
    // Other copies of the image are not known to be results: they may be a user's.
    if isCopied(file) { return .made }
    if !overwrites, FileCopy.haveSameBytes(file.path, path(of: file)) {
      throw OutputError.copyOfInput(path(of: file))
    }
    if try results.isMissing(file, provenance(of: file, expected), before: Self.estimateName) {
      return .missing
    }
    let isKnown =
      try copiesClean && copiesBytes && estimate(ofResult: path(of: file))?.isClean == true
    return isKnown ? .outdated : .made
  }
}
