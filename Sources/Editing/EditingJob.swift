internal import Checkpoints
internal import Diffusion
internal import Files
internal import Images
internal import PNGCodec
public import Sampling
public import SystemPackage

/// Images drawn from those of a folder: variations of them, or with masks, parts of them (RePaint,
/// Lugmayr et al. 2022). The results mirror the folders of the images; what already exists is not made
/// again.
///
/// Images are fitted to the network's size as in training: scaled until they cover it, the middle kept.
/// A result is a pure function of the model, the settings, the fitted image with its mask, and the image's
/// place below its input folder, which its noise follows from.
public struct EditingJob: Sendable {
  /// Files, and folders that are searched recursively.
  public var inputs: [FilePath]
  /// The folder for the results.
  public var output: FilePath
  /// A picture whose white parts are drawn anew in all images, or a folder with one of each; nil where
  /// images are drawn anew as a whole.
  public var masks: FilePath?
  /// How pictures are read and written.
  public var pictures = PictureSettings()
  /// How many results each image has: `a.png`, `a-2.png` and so on.
  public var variations = 1
  /// Images computed at once: for speed and memory, the results stay what they are.
  public var batch = 16
  /// Whether pictures that were made otherwise may be replaced.
  public var overwrites = false

  /// A job with the usual settings.
  public init(inputs: [FilePath], output: FilePath) {
    self.inputs = inputs
    self.output = output
  }

  /// A result, and what it is drawn from.
  struct Task: Sendable {
    let source: ImageFile
    /// The same image with the place of the result.
    let result: ImageFile
  }

  /// How many results there are to be, and how many of them are not there yet.
  ///
  /// - Parameter report: is told what is left out.
  /// - Throws: what is wrong with the settings, the inputs or the mask of all images, or
  ///   `OutputError.otherImage` where a file is there that was made by other settings.
  public func survey(
    _ generator: Generator, report: (String) -> Void = { _ in }
  ) throws -> (images: Int, missing: Int) {
    try check(generator)
    if let masks { _ = try EditingMasks(masks, limits: pictures.limits) }
    let tasks = try tasks(generator, report).tasks
    return (tasks.count, try missing(tasks, generator))
  }

  /// Draws the results that are not there yet.
  ///
  /// - Parameters:
  ///   - progress: is told how many of how many results are done.
  ///   - report: is told of images that nothing can be drawn from, and of results that are there and were
  ///     drawn from other pixels.
  ///   - shouldStop: asked before each evaluation of the network.
  /// - Throws: before any work, what is wrong with the settings, the inputs or the mask of all images, or
  ///   `OutputError.otherImage` where a file is there that was made by other settings.
  public func run(
    _ generator: Generator, progress: (Int, Int) -> Void = { _, _ in },
    report: (String) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> BatchOutcome {
    let format = try check(generator)
    let (tasks, unlisted) = try tasks(generator, report)
    _ = try missing(tasks, generator)
    let trained = generator.model.configuration.images
    let size = PixelSize(width: trained.width, height: trained.height)
    let reader = EditingInputs(
      job: self, tasks: tasks[...],
      masks: try masks.map { try EditingMasks($0, limits: pictures.limits) }, size: size,
      format: format, facts: facts(generator))
    let ahead = ReadAhead(max(batch, 1), making: reader) { $0.next() }
    let writers = PNGWriters()
    for task in tasks { writers.removeLeft(beside: results.path(of: task.result)) }
    var outcome = BatchOutcome()
    var pending: [EditingInput] = []
    var notes = PictureNotes()
    for error in unlisted {
      outcome.failures.append("\(error)")
      report("left out: \(error)")
    }

    func draw() throws {
      guard !pending.isEmpty else { return }
      let values = try drawn(pending, by: generator, shouldStop)
      let length = generator.elementsPerImage
      for (position, input) in pending.enumerated() {
        try results.makeFolder(for: input.file)
        try writers.write(
          input.finished(Array(values[(position * length)..<((position + 1) * length)])),
          input.provenance, to: results.path(of: input.file),
          over: overwrites ? .replaced : .keptIfSame)
        outcome.written += 1
        outcome.files.append(input.file)
      }
      pending = []
    }
    do {
      while !shouldStop(), let item = try ahead.next() {
        switch item {
        case .failed(let error):
          outcome.failures.append("\(error)")
          report("left out: \(error)")
        case .skipped(let file):
          outcome.skipped += 1
          outcome.files.append(file)
        case .image(let input):
          notes.say(input.source.notes, report)
          if input.source.isAnimation { outcome.animations += 1 }
          pending.append(input)
          if pending.count >= batch { try draw() }
        }
        progress(outcome.files.count + outcome.failures.count - unlisted.count, tasks.count)
      }
      try draw()
    } catch is Stopped {}
    try writers.finish()
    return outcome
  }

  private struct Stopped: Error {}

  /// (N, C, H, W)
  private func drawn(
    _ inputs: [EditingInput], by generator: Generator, _ shouldStop: () -> Bool
  ) throws -> [Float] {
    try generator.images(
      inputs.map(\.file.noiseIndex), after: inputs.flatMap(\.picture.values),
      keeping: masks == nil
        ? nil
        : inputs.flatMap { input in
          (0..<input.picture.channels).flatMap { _ in input.isKept ?? [] }
        }
    ) { _ in
      if shouldStop() { throw Stopped() }
    }
  }

  @discardableResult
  private func check(_ generator: Generator) throws -> PixelFormat {
    try SettingError.check(.number, variations)
    try SettingError.check(.batch, batch)
    if generator.settings.takesTurns {
      throw SettingError(
        "class", cause: "all is for new images only; give one class")
    }
    let channels = generator.model.configuration.channels
    guard let format = PixelFormat(channels: channels) else {
      throw GenerationError.channels(channels)
    }
    return format
  }

  private func tasks(
    _ generator: Generator, _ report: (String) -> Void
  ) throws -> (tasks: [Task], unlisted: [FileError]) {
    var others: [FilePath] = []
    if let masks, Folders.isFolder(masks) {
      if inputs.contains(where: { $0.lexicallyNormalized() == masks.lexicallyNormalized() }) {
        throw SettingError(
          "masks", cause: "\(masks) contains the input images; give the folder of the masks")
      }
      others = [masks]
    }
    let mask = masks?.lexicallyNormalized()
    let found = try results.images(of: inputs, notIn: others, report: report)
    let tasks = found.files
      .filter { $0.path.lexicallyNormalized() != mask }
      .flatMap { file in
        (1...max(variations, 1)).map { Task(source: file, result: file.variation($0)) }
      }
    try ImageListing.checkOutputs(of: tasks.map(\.result), in: [output])
    try generator.checkMemory(
      masks == nil ? "variation" : "inpainting", batch: min(batch, tasks.count))
    return (tasks, found.unlisted)
  }

  /// How many results are not there; what they were drawn from is not compared.
  private func missing(_ tasks: [Task], _ generator: Generator) throws -> Int {
    let expected = Provenance(work, facts(generator)).text
    return try tasks.filter { task in
      try results.isMissing(task.result, expected: expected) { $0.hasPrefix(expected + "; index ") }
    }.count
  }

  var results: MirroredFolder { MirroredFolder(path: output, overwrites: overwrites) }

  /// What the results tell first of how they were made.
  var work: String { masks == nil ? "vary" : "inpaint" }

  private func facts(_ generator: Generator) -> [(String, String)] {
    generator.model.facts + generator.settings.facts + pictures.facts
  }
}
