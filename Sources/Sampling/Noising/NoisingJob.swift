public import Checkpoints
internal import Diffusion
internal import Files
import Foundation
public import Images
internal import PNGCodec
internal import Random
public import SystemPackage

/// Images at chosen steps of the forward process, as tensors in HDF5 and perhaps as PNG.
///
/// The noise of image i at timestep t is the stream (seed, training noise, i, t): x_t follows from the
/// image alone and the seed.
public struct NoisingJob {
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
  /// What the noise follows from.
  public var seed: UInt64 = 0
  /// Of the stored images; nil takes the images' own.
  public var size: ImageSize?
  /// How images of another size are made to fit.
  public var fit = Fit.crop
  /// 1, 3 or 4; nil takes the images' own.
  public var channels: Int?
  /// How beta runs: linear, scaled-linear, cosine, sigmoid or sigmoid-beta.
  public var schedule = "linear"
  /// Steps from an image to noise.
  public var scheduleTimesteps = 1000
  /// Whether other files that are there may be replaced.
  public var overwrites = false
  /// Pixels past which an image is refused before memory is taken; nil for 2^28.
  public var maxPixels: Int?
  /// Whether an image that cannot be read ends the job.
  public var isStrict = false

  /// Files, and folders that are searched recursively.
  public init(inputs: [FilePath], output: FilePath) {
    self.inputs = inputs
    self.output = output
  }

  /// What a job has done.
  public struct Outcome: Sendable {
    /// Images in the file.
    public var written = 0
    /// Those of them that an interrupted run of the same job had written.
    public var resumed = 0
    /// Whether the job was stopped before its end: there is no file then, and the same job goes on.
    public var isStopped = false
    /// Images that the file held before: all of them, or none.
    public var skipped = 0
    /// Steps of each image.
    public var steps = 0
    /// Why images could not be read, each with its path.
    public var failures: [String] = []
    /// Bytes of x_t.
    public var bytes = 0
    /// Animations among the images, whose still image alone counts.
    public var animations = 0
  }

  /// Writes the file, or goes on with it where an earlier run of the same job was interrupted.
  ///
  /// - Parameters:
  ///   - progress: is told how many of how many images are done.
  ///   - report: is told of images that cannot be read.
  ///   - shouldStop: asked before each image and while it is written.
  /// - Throws: `NoisingError.exists` where the file is there with something else, or what the disk says.
  public func run(
    progress: (Int, Int) -> Void = { _, _ in }, report: (String) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Outcome {
    var found = try ImageListing.images(in: inputs, output: png, report: report)
    let folders = png.map { [$0] } ?? []
    found.leaveOutRefused(in: folders)
    let files = found.files
    try ImageListing.checkOutputs(of: files, in: folders)
    let limits = PNGLimits(most: maxPixels)
    let survey = Survey(of: files, limits: limits, onlyTransparency: true)
    if isStrict, let error = found.unlisted.first { throw error }
    if isStrict, let error = survey.unreadable.first { throw error }
    let leftOut: [any Error] = found.unlisted + survey.unreadable
    let wanted = size.map { PixelSize(width: $0.width, height: $0.height) }
    let size = try survey.size(requested: wanted)
    guard let format = PixelFormat(channels: channels ?? survey.format.channels) else {
      throw SettingError("channels", cause: "images have 1, 3 or 4 channels")
    }
    let process = ForwardProcess(try makeSchedule())
    let steps = try timesteps.timesteps(of: process.schedule.timesteps)
    let layout = StepLayout(
      images: survey.readable.count, timesteps: steps.map(Double.init),
      alphaBar: steps.map { process.schedule.alphaBar[$0] }, channels: format.channels,
      height: size.height, width: size.width,
      element: element.stored)
    let config = try config(process.schedule)
    let dataset = Dataset(
      survey.readable, size: size, fit: fit, format: format, memoryLimit: 0,
      limits: limits)
    func outcomeIfWritten() throws -> Outcome? {
      guard let failures = failuresIfWritten(layout, dataset, survey.readable, config) else {
        return nil
      }
      if isStrict, let error = failures.first { throw error }
      Folders.removeUnfinished(of: output)
      return Outcome(
        skipped: survey.readable.count - failures.count, steps: steps.count,
        failures: (leftOut + failures).map { "\($0)" })
    }
    let isReplacing = try Folders.exists(output)
    if isReplacing {
      if let outcome = try outcomeIfWritten() { return outcome }
      if !overwrites { throw NoisingError.exists(output.string) }
    }
    try Folders.make(output.removingLastComponent())
    let pictures = png.map {
      NoisedPictures(
        $0, size, format, seed: seed, isSingle: steps.count == 1, overwrites: overwrites)
    }
    if !overwrites { try pictures?.checkPlaces(of: survey.readable, at: steps) }
    let work = try work(layout, survey.readable, config)
    try requireSpace(for: layout, besides: Folders.unfinishedBytes(of: output, work: work))
    try checkMemory(for: layout)
    let writer = try NoisedFileWriter(
      output, layout, withNoise: withNoise, config: config, seed: seed, resuming: work)
    var outcome = Outcome(steps: steps.count)
    outcome.animations = survey.animations.count
    for note in survey.animations { report(note) }
    for error in leftOut {
      outcome.failures.append("\(error)")
      report("left out: \(error)")
    }
    for (index, file) in survey.readable.enumerated() {
      if shouldStop() {
        outcome.isStopped = true
        break
      }
      progress(index, survey.readable.count)
      let image: PixelImage
      do {
        image = try dataset.image(at: index)
      } catch {
        if isStrict { throw error }
        outcome.failures.append("\(error)")
        report("left out: \(error)")
        continue
      }
      let x0 = Pixels.values(of: image, width: size.width, height: size.height)
      try pictures?.throwFailure()
      var made: (@Sendable (Int, UnsafeMutableBufferPointer<Float>) -> Void)?
      if let pictures { made = { step, xt in pictures.write(xt, of: file, at: steps[step]) } }
      let isWhole = try writer.append(
        source: file.relativePath.string, x0, shouldStop: shouldStop,
        made: made
      ) { [seed] step, xt, noise in
        let t = steps[step]
        RandomStream(seed: seed, purpose: .trainingNoise, index: index, step: t).fillNormal(noise)
        var sum = xt.mutableSpan
        process.mixture(at: Double(t)).mix(x0.span, noise.span, into: &sum)
      }
      if !isWhole {
        outcome.isStopped = true
        break
      }
      outcome.written += 1
      if writer.isTakingOver { outcome.resumed += 1 }
    }
    // The pictures come from the threads that fill the file.
    try writer.wait()
    try pictures?.finish()
    if outcome.isStopped {
      try writer.keep()
      return outcome
    }
    if try !publish(writer, replacing: isReplacing) {
      guard let outcome = try outcomeIfWritten() else { throw NoisingError.exists(output.string) }
      return outcome
    }
    Folders.removeUnfinished(of: output)
    outcome.bytes = outcome.written * steps.count * layout.imageCount * elementBytes
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
    // As floating point, because what a user asks for may be past any whole number.
    let sizes = [layout.images, layout.steps, layout.channels, layout.height, layout.width]
    let elements = sizes.reduce(1) { $0 * Double($1) }
    let noiseBytes = withNoise ? max(elementBytes, 2) : 0
    let needed = elements * Double(elementBytes + noiseBytes)
    let folder = output.removingLastComponent()
    guard let free = FreeSpace.bytes(in: folder.isEmpty ? "." : folder),
      needed > Double(free) + Double(left)
    else { return }
    throw NoisingError.noSpace(output, needed: Int(min(needed, 9e18)), free: free)
  }

  private var elementBytes: Int {
    switch element {
    case .f32: 4
    case .f16: 2
    case .u8: 1
    }
  }

  private func makeSchedule() throws -> NoiseSchedule {
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

  private func config(_ schedule: NoiseSchedule) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(
      decoding: try encoder.encode(["schedule": schedule.configuration]), as: UTF8.self)
  }
}
