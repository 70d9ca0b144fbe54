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
public struct EditingJob: Job, Sendable {
  /// Files, and folders that are searched recursively.
  public var inputs: [FilePath]
  /// The folder for the results.
  public var output: FilePath
  /// Mask: one PNG, or a folder with one per image; white pixels are inpainted. nil for image-to-image variations.
  public var masks: FilePath?
  /// How pictures are read and written.
  public var pictures = PictureSettings()
  /// How many results each image has: `a.png`, `a-2.png` and so on.
  public var variations = 1
  /// Images computed at once: for speed and memory, the results stay what they are.
  public var batch = 16
  /// The part of the images that results are drawn from; nil for all.
  public var shard: Shard?
  /// Whether pictures that were made otherwise may be replaced.
  public var overwrites = false

  /// A job with the usual settings.
  public init(inputs: [FilePath], output: FilePath) {
    self.inputs = inputs
    self.output = output
  }

  /// A result, and what it is drawn from.
  struct Task: Codable, Sendable {
    let source: ImageFile
    /// The same image with the place of the result.
    let result: ImageFile
  }

  /// Looks how many results there are to be, and how many of them are not there yet.
  ///
  /// - Throws: what is wrong with the settings, the inputs or the mask of all images, or
  ///   `OutputError.otherImage` where a file is there that was made by other settings.
  public func plan(_ generator: Generator, report: (String) -> Void = { _ in }) throws -> JobPlan {
    try check(generator)
    if let masks { _ = try EditingMasks(masks, limits: pictures.limits) }
    let tasks = try tasks(generator, report).tasks
    return JobPlan(total: tasks.count, missing: try missing(tasks, generator))
  }

  /// Draws the results that are not there yet.
  ///
  /// Notes are about images that nothing can be drawn from, and results that are there and were drawn from
  /// other pixels. Whether to stop is asked before each evaluation of the network.
  public func run(_ generator: Generator, _ context: JobContext) throws -> BatchOutcome {
    let format = try check(generator)
    let work = try context.share {
      let (tasks, unlisted) = try tasks(generator, context.note)
      _ = try missing(tasks, generator)
      return Work(tasks: tasks, unlisted: unlisted.map { "\($0)" })
    }
    try context.processes.requireSeen(work.tasks.map(\.source.path))
    // One process makes it when there is something to put there.
    if context.processCount > 1 { try context.processes.make(results.path) }
    for failure in work.unlisted { context.note("left out: \(failure)") }
    let trained = generator.model.configuration.images
    let masks = try masks.map { try EditingMasks($0, limits: pictures.limits) }
    let count = work.tasks.count
    let results = try JobItems<ItemResult>.share(
      0..<count, "images", of: count, in: context
    ) { items in
      let reader = EditingInputs(
        job: self, tasks: work.tasks, queue: items.queue, masks: masks,
        size: ImageSize(width: trained.width, height: trained.height), format: format,
        facts: facts(generator))
      let ahead = ReadAhead(max(batch, 1), making: reader) { $0.next() }
      let writers = PNGWriters()
      for task in work.tasks { writers.removeLeft(beside: self.results.path(of: task.result)) }
      var pending: [(number: Int, input: EditingInput)] = []
      var notes = PictureNotes()

      func draw() throws {
        guard !pending.isEmpty else { return }
        let values = try drawn(pending.map(\.input), by: generator) { items.isStopped }
        for ((number, input), values) in zip(pending, generator.split(values)) {
          try self.results.makeFolder(for: input.file)
          try writers.write(
            input.finished(values), input.provenance, to: self.results.path(of: input.file),
            over: overwrites ? .replaced : .keptIfSame)
          items.finish(number, ItemResult(.written, isAnimation: input.source.isAnimation))
        }
        pending = []
      }
      do {
        while !items.isStopped, let (number, item) = try ahead.next() {
          switch item {
          case .failed(let error):
            // Of an image's variations the first tells of it.
            let isTold =
              number > 0 && work.tasks[number - 1].source.path == work.tasks[number].source.path
            items.finish(number, ItemResult(.failed(items.leaveOut(error, isTold: isTold))))
          case .skipped: items.finish(number, ItemResult(.skipped))
          case .image(let input):
            notes.say(input.source.notes, items.note)
            pending.append((number, input))
            if pending.count >= batch { try draw() }
          }
        }
        try draw()
      } catch is Stopped {}
      try writers.finish()
    }
    return try context.share {
      BatchOutcome(results, of: work.tasks.map(\.result), failures: work.unlisted)
    }
  }

  /// What the first process finds out for all.
  private struct Work: Codable {
    let tasks: [Task]
    /// Why there are folders and images without results.
    let unlisted: [String]
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
    let files = found.files.filter { $0.path.lexicallyNormalized() != mask }
    if let mask, files.count < found.files.count { report("left out: \(mask): is the mask") }
    func tasks(_ files: [ImageFile]) -> [Task] {
      files.flatMap { file in
        (1...max(variations, 1)).map { Task(source: file, result: file.variation($0)) }
      }
    }
    // Of all parts, which write into one folder.
    try ImageListing.checkOutputs(of: tasks(files).map(\.result), in: [output])
    let tasks = tasks(files.part(shard))
    try generator.checkMemory(
      masks == nil ? "variation" : "inpainting", batch: min(batch, tasks.count))
    return (tasks, found.unlisted)
  }

  /// How many results are not there; what they were drawn from is not compared.
  private func missing(_ tasks: [Task], _ generator: Generator) throws -> Int {
    let expected = Provenance(work, facts(generator))
    return try tasks.count { try results.isMissing($0.result, expected, before: "index") }
  }

  var results: MirroredFolder { MirroredFolder(path: output, overwrites: overwrites) }

  /// What the results tell first of how they were made.
  var work: String { masks == nil ? "vary" : "inpaint" }

  private func facts(_ generator: Generator) -> [(String, String)] {
    generator.facts + pictures.facts
  }
}
