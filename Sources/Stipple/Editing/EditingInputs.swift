internal import Images
internal import PNGCodec
internal import SystemPackage

/// An image that another is about to be drawn from.
struct EditingInput: Sendable {
  /// The image, with the place of the result.
  let file: ImageFile
  /// (C, H, W)
  let x0: [Float]
  /// Whether each of `x0` stays; nil where all is drawn.
  let isKnown: [Bool]?
  /// How the result tells of itself.
  let provenance: Provenance
}

/// A job's images in order, read and fitted to the network's size.
struct EditingInputs: Sendable {
  enum Item: Sendable {
    case image(EditingInput)
    case skipped(ImageFile)
    case failed(any Error)
  }

  let job: EditingJob
  /// What is still to come.
  var tasks: ArraySlice<EditingJob.Task>
  let masks: EditingMasks?
  let size: PixelSize
  let format: PixelFormat
  /// What all results tell of themselves.
  let facts: [(String, String)]

  /// The next image; nil after the last.
  mutating func next() -> Item? {
    guard let task = tasks.popFirst() else { return nil }
    do {
      return try item(task)
    } catch {
      return .failed(error)
    }
  }

  private func item(_ task: EditingJob.Task) throws -> Item {
    guard job.results.hasRoom(for: task.result) else {
      throw EditingError.nameTooLong(task.source.path)
    }
    let original = try PNGReader.read(task.source.path, as: format)
    let own = PixelSize(width: original.width, height: original.height)
    let isKept = try masks?.isKept(task.source, own: own, size: size)
    let image = Fit.crop.apply(to: original, size: size)
    var facts = [
      ("index", String(task.result.noiseIndex)), ("image", Fingerprint.text(of: image.pixels)),
    ]
    if let isKept { facts.append(("mask", Fingerprint.text(of: isKept.map { $0 ? 0 : 1 }))) }
    let provenance = Provenance(job.work, self.facts + facts)
    let isMissing = try job.results.isMissing(task.result, expected: provenance.text) {
      $0 == provenance.text
    }
    guard isMissing else { return .skipped(task.result) }
    return .image(
      EditingInput(
        file: task.result, x0: Pixels.values(of: image, width: size.width, height: size.height),
        isKnown: isKept.map { kept in (0..<format.channels).flatMap { _ in kept } },
        provenance: provenance))
  }
}
