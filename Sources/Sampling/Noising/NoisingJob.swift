internal import Checkpoints
internal import Diffusion
internal import Files
internal import Foundation
public import Images
internal import PNGCodec
public import SystemPackage

/// Images at chosen steps of the forward process, as tensors in HDF5 and perhaps as PNG.
///
/// The noise of image i at timestep t is the stream (seed, training noise, i, t): x_t follows from the
/// image alone and the seed.
public struct NoisingJob: Job, Sendable {
  /// What the tensors' elements are on disk.
  public enum Element: String, Codable, Sendable, CaseIterable {
    case f32, f16, u8

    var stored: StoredElement {
      switch self {
      case .f32: .float32
      case .f16: .float16
      case .u8: .pixel
      }
    }
  }

  /// Files, and folders that are searched recursively.
  public var inputs: [FilePath]
  /// The HDF5 file.
  public var output: FilePath
  /// The steps that are stored.
  public var timesteps = TimestepSelection.all
  /// How they are stored.
  public var element = Element.f32
  /// Whether the noise is stored as well.
  public var withNoise = false
  /// Where x_t is written as PNG too: below `t-0250/`, or directly for a single timestep.
  public var png: FilePath?
  /// Random seed of the noise.
  public var seed: UInt64 = 0
  /// Of the stored images; nil takes the images' own.
  public var size: ImageSize?
  /// How images of another size are made to fit.
  public var fit = Fit.crop
  /// 1, 3 or 4; nil takes the images' own.
  public var channels: Int?
  /// Noise schedule: linear, scaled-linear, cosine, sigmoid, sigmoid-beta, flow or edm.
  public var schedule = "linear"
  /// Steps from an image to noise.
  public var scheduleTimesteps = 1000
  /// Whether other files that are there may be replaced.
  public var overwrites = false
  /// Pixels past which an image is refused before memory is taken; nil for 2^28.
  public var maxPixels: Int?
  /// Whether an image that cannot be read ends the job.
  public var isStrict = false

  /// A job that writes noisy samples x_t of inputs (files, or folders searched recursively) to the HDF5 file `output`.
  public init(inputs: [FilePath], output: FilePath) {
    self.inputs = inputs
    self.output = output
  }

  /// What a job has before it.
  public struct Plan: Sendable {
    /// Images that are noised.
    public let images: Int
    /// Steps of each image.
    public let steps: Int
    /// Bytes of the file, about.
    public let bytes: Double
  }

  /// What a job has done.
  public struct Outcome: Sendable, Codable {
    /// Images in the file.
    public var written = 0
    /// Those of them that an interrupted run of the same job had written.
    public var resumed = 0
    /// Whether the job was stopped before its end: there is no file then, and the same job goes on.
    public var isStopped: Bool { unreached > 0 }
    /// Images that the file held before: all of them, or none.
    public var skipped = 0
    /// Steps of each image.
    public var steps = 0
    /// Why images could not be read, each with its path.
    public var failures: [String] = []
    /// Images that were not come to before the job was stopped.
    public var unreached = 0
    /// Bytes of the file.
    public var bytes = 0
    /// Animations among the images, whose still image alone counts.
    public var animations = 0
  }

  /// Looks at the images and the settings.
  public func plan(_: Void, report: (String) -> Void) throws -> Plan {
    let survey = try survey(report)
    let standing = try standing(survey)
    _ = try replaces(standing)
    return Plan(
      images: standing.outcome == nil ? survey.files.count : 0, steps: survey.steps.count,
      bytes: neededBytes(survey.layout))
  }

  /// Writes the file, or goes on with it where an earlier run of the same job was interrupted. Of several
  /// processes each noises its share of the images; the first writes the file.
  ///
  /// - Throws: `NoisingError.exists` where the file is there with something else, or what the disk says.
  public func run(_: Void, _ context: JobContext) throws -> Outcome {
    var file: NoisingFile?
    let start = try context.share { () throws -> Start in
      let survey = try survey(context.note)
      let standing = try standing(survey)
      if let outcome = standing.outcome {
        for failure in outcome.failures { context.note("left out: \(failure)") }
        return Start(outcome: outcome)
      }
      file = try begin(survey, replacing: try replaces(standing))
      for note in survey.animations { context.note(note) }
      for failure in survey.failures { context.note("left out: \(failure)") }
      return Start(work: survey.work)
    }
    if let outcome = start.outcome { return outcome }
    guard let work = start.work else { preconditionFailure("neither work nor an outcome") }
    try context.processes.requireSeen(work.files.map(\.path))
    if let png { try context.processes.make(png) }
    let images = try NoisedImages(self, work)
    var outcome = Outcome(steps: work.steps.count)
    if let file {
      outcome = try collect(images, into: file, outcome, context)
      try file.writer.wait()
    } else {
      try images.serve(context)
    }
    // The pictures come from the threads that fill the file, on all processes.
    try images.pictures?.finish()
    context.waitForAll()
    return try context.share {
      guard let file else { return outcome }
      return try finish(file, outcome)
    }
  }

  /// What the first process finds out for all.
  private struct Start: Codable {
    var outcome: Outcome?
    var work: NoisingWork?
  }

  /// Takes all images, in order, of the processes that noise them.
  private func collect(
    _ images: NoisedImages, into file: NoisingFile, _ outcome: Outcome, _ context: JobContext
  ) throws -> Outcome {
    var outcome = outcome
    outcome.animations = file.survey.animations.count
    outcome.failures = file.survey.failures
    let files = images.work.files
    for (index, source) in files.enumerated() {
      if context.shouldStop() {
        outcome.unreached = files.count - index
        break
      }
      context.progress("images", index, of: files.count)
      let image: NoisedImages.Image
      do {
        image = try images.image(index, context.processes)
      } catch let error as UnreadableImage where !isStrict {
        outcome.failures.append(error.cause)
        context.note("left out: \(error.cause)")
        continue
      } catch is NoisedImages.Stopped {
        outcome.unreached = files.count - index
        break
      }
      try images.pictures?.throwFailure()
      let isWhole = try file.writer.append(
        source: source.relativePath.string, image.x0,
        shouldStop: { image.isRemote ? false : context.shouldStop() },
        made: image.isRemote ? nil : images.made(of: index), filling: image.filling)
      if !isWhole {
        outcome.unreached = files.count - index
        break
      }
      outcome.written += 1
      if file.writer.isTakingOver { outcome.resumed += 1 }
    }
    images.dismiss(context.processes)
    return outcome
  }

  /// Begins the file.
  private func begin(
    _ survey: NoisingSurvey, replacing isReplacing: Bool
  ) throws -> NoisingFile {
    let layout = survey.layout
    try Folders.make(output.removingLastComponent())
    if !overwrites {
      try pictures(survey.work)?.checkPlaces(of: survey.files, at: survey.steps)
    }
    let work = try work(layout, survey.files, survey.config)
    try requireSpace(for: layout, besides: Folders.unfinishedBytes(of: output, work: work))
    try checkMemory(for: layout)
    return NoisingFile(
      writer: try NoisedFileWriter(
        output, layout, withNoise: withNoise, config: survey.config, seed: seed, resuming: work),
      isReplacing: isReplacing, survey: survey)
  }

  /// Publishes the file, or leaves it for the same job to go on with.
  private func finish(_ file: NoisingFile, _ outcome: Outcome) throws -> Outcome {
    var outcome = outcome
    if outcome.isStopped || outcome.written == 0 {
      try file.writer.keep()
      if !outcome.isStopped { Folders.removeUnfinished(of: output) }
      return outcome
    }
    if try !publish(file.writer, replacing: file.isReplacing) {
      guard let outcome = try standing(file.survey).outcome else {
        throw NoisingError.exists(output.string)
      }
      return outcome
    }
    Folders.removeUnfinished(of: output)
    outcome.bytes = try FileStatus(output).size
    return outcome
  }

  /// Gives the file its name, unless another command was quicker.
  ///
  /// - Returns: false where one was.
  private func publish(
    _ writer: NoisedFileWriter, replacing: Bool
  ) throws(FileFormatError) -> Bool {
    do throws(FileFormatError) {
      try writer.finish(replacing: replacing)
      return true
    } catch {
      if case .exists = error { return false }
      throw error
    }
  }

  /// Makes sure that there is the memory for the images under way.
  private func checkMemory(for layout: StepLayout) throws(MemoryShortage) {
    let samples = [layout.channels, layout.height, layout.width].reduce(1) { $0 * Double($1) }
    // The image, x_0, x_t and noise, and of both a chunk under way for each place in the queue.
    let copies = 4 * Double(2 + 2 * (ChunkQueue.length + 1))
    try MemoryShortage.check(
      "noising images of \(layout.width) x \(layout.height) pixels", needed: copies * samples,
      wayOut: "use a smaller `size`")
  }

  /// Makes sure that the file has room.
  private func requireSpace(for layout: StepLayout, besides left: Int) throws {
    let needed = neededBytes(layout)
    let folder = output.removingLastComponent()
    guard let free = FreeSpace.bytes(in: folder.isEmpty ? "." : folder),
      needed > Double(free) + Double(left)
    else { return }
    throw NoisingError.noSpace(output, needed: Int(min(needed, 9e18)), free: free)
  }

  /// x_0, and of each step x_t and its noise; as floating point, because what a user asks for may be past any whole
  /// number.
  private func neededBytes(_ layout: StepLayout) -> Double {
    let sizes = [layout.images, layout.channels, layout.height, layout.width]
    let noiseBytes = withNoise ? max(elementBytes, 2) : 0
    return sizes.reduce(1) { $0 * Double($1) }
      * (Double(elementBytes) + Double(layout.steps) * Double(elementBytes + noiseBytes))
  }

  private var elementBytes: Int {
    switch element {
    case .f32: 4
    case .f16: 2
    case .u8: 1
    }
  }

  func makeSchedule() throws -> NoiseSchedule {
    guard let kind = NoiseSchedule.Kind.computed.first(where: { $0.rawValue == schedule }) else {
      throw SettingError(
        "schedule",
        cause: "unknown schedule \(schedule); choose from "
          + NoiseSchedule.Kind.computed.map(\.rawValue).joined(separator: ", "))
    }
    try SettingError.check(.scheduleTimesteps, scheduleTimesteps)
    let ends = NoiseSchedule.Configuration.usualEnds(of: kind, timesteps: scheduleTimesteps)
    return try NoiseSchedule(
      .init(
        kind: kind, timesteps: scheduleTimesteps, betaStart: ends.start, betaEnd: ends.end))
  }
}

/// A file that is being written.
struct NoisingFile {
  let writer: NoisedFileWriter
  /// Whether it takes another file's place.
  let isReplacing: Bool
  let survey: NoisingSurvey
}
