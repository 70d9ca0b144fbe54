internal import Checkpoints
internal import Distributed
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// An image that another is about to be drawn from.
struct EditingInput: Sendable {
  /// The image, with the place of the result.
  let file: ImageFile
  /// What the result is like, and what is to be said of it.
  let source: SourcePicture
  /// The picture upright and fitted.
  let picture: NetworkPicture
  /// (H, W): whether each pixel stays; nil where all is drawn.
  let isKept: [Bool]?
  /// How the result tells of itself.
  let provenance: Provenance

  /// The result as a file, of what the network made of the picture: (C, H, W).
  func finished(_ values: [Float]) -> FinishedPicture {
    source.finished(
      upright: picture.result(
        of: values, bits: source.bits, keeping: isKept, drawsAlpha: true))
  }
}

/// A job's images in order, read and fitted to the network's size.
struct EditingInputs: Sendable {
  enum Item: Sendable {
    case image(EditingInput)
    case skipped
    case failed(any Error)
  }

  let job: EditingJob
  let tasks: [EditingJob.Task]
  /// The tasks' numbers that are still to come, for all processes.
  let queue: WorkQueue<ItemResult>
  let masks: EditingMasks?
  let size: ImageSize
  let format: PixelFormat
  /// What all results tell of themselves.
  let facts: [(String, String)]

  /// The next image with its task's number; nil after the last.
  func next() -> (number: Int, item: Item)? {
    guard let number = queue.take()?.lowerBound else { return nil }
    do {
      return (number, try item(tasks[number]))
    } catch {
      return (number, .failed(error))
    }
  }

  private func item(_ task: EditingJob.Task) throws -> Item {
    guard job.results.hasRoom(for: task.result) else {
      throw EditingError.nameTooLong(task.source.path)
    }
    let source = try SourcePicture(task.source.path, channels: format.channels, job.pictures)
    let isKept = try masks?.isKept(task.source, source, size: size)
    let image = Fit.crop.apply(to: source.image.turned(source.orientation), size: size)
    var facts = [
      ("index", String(task.result.noiseIndex)),
      ("image", Fingerprint.text(of: image, bits: source.bits)),
    ]
    if let isKept { facts.append(("mask", Fingerprint.text(of: isKept.map { $0 ? 0 : 1 }))) }
    let provenance = Provenance(job.work, self.facts + facts)
    guard try job.results.isMissing(task.result, provenance) else { return .skipped }
    return .image(
      EditingInput(
        file: task.result, source: source,
        picture: NetworkPicture(own: image, channels: format.channels), isKept: isKept,
        provenance: provenance))
  }
}
