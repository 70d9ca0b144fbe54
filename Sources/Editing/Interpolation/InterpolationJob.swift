internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
internal import Random
public import Sampling
public import SystemPackage

/// Frames that lead from one image to another, between two seeds or between the images of two folders.
///
/// Frames lie evenly on the great circle between the noise x_T that both ends come from: see
/// `sphericalInterpolation`. The noise of given images is what the deterministic sampler comes to when it
/// goes backwards (Song et al. 2021, section 4.3), so that the first and the last frame are about the
/// images themselves. A frame is a function of the model, the settings, the ends and its place.
public struct InterpolationJob {
  /// Between what.
  public enum Ends: Sendable {
    /// The images of an index by two seeds.
    case seeds(UInt64, UInt64, index: Int)
    /// Two files, or two folders whose images are paired by their relative paths.
    case images(FilePath, FilePath)
  }

  /// Between what.
  public var ends: Ends
  /// The folder for the frames: `000000.png`, … between seeds, in a folder for each pair between images.
  public var output: FilePath
  /// Frames of each pair, both ends included, at least 2.
  public var frames = 9
  /// Images computed at once: for speed and memory, the frames stay what they are.
  public var batch = 16
  /// How pictures are read and written.
  public var pictures = PictureSettings()
  /// Where all frames are put into one picture, a row a pair.
  public var grid: FilePath?
  /// Where the frames of all pairs, at most 64, are shown side by side as an animated PNG, there and back.
  public var film: FilePath?
  /// Whether pictures that were made otherwise may be replaced.
  public var overwrites = false

  /// A job with the usual settings.
  public init(_ ends: Ends, output: FilePath) {
    self.ends = ends
    self.output = output
  }

  /// What a job has done.
  public struct Outcome: Sendable {
    /// Frames made now.
    public var written = 0
    /// Frames that were there before.
    public var skipped = 0
    /// Frames there should be, without those of `failures`.
    public var total = 0
    /// Why images have no frames, each with its path.
    public var failures: [String] = []
  }

  /// What a job has before it.
  public struct Survey: Sendable {
    /// Frames that there will be, but for those of images that cannot be read.
    public var frames = 0
    /// Those of them that are not there yet.
    public var missing = 0
    /// The number of images that would be as much work to generate.
    public var work = 0
  }

  /// Looks what is missing.
  ///
  /// - Parameter report: is told what is left out.
  public func survey(
    _ generator: Generator, report: (String) -> Void = { _ in }
  ) throws -> Survey {
    try check(generator)
    var survey = Survey()
    for pair in try pairs(report).found {
      do {
        let missing = try way(pair, generator).missing(overwriting: overwrites).count
        survey.frames += frames
        survey.missing += missing
        let inverted = pair == nil || missing == 0 ? 0 : 2 * Generator.inversionEvaluations
        survey.work += missing + inverted
      } catch is PNGError {
      } catch InterpolationError.nameTooLong {
      } catch is PictureError {
      }
    }
    return survey
  }

  /// Makes the frames that are missing.
  ///
  /// - Parameters:
  ///   - progress: is told how many of how many frames there are.
  ///   - report: is told of images that are left out.
  ///   - shouldStop: asked before each batch, and on the way from images to noise.
  /// - Throws: `GenerationError` where a file is in the way, or what the disk says.
  public func run(
    _ generator: Generator, progress: (Int, Int) -> Void = { _, _ in },
    report: (String) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Outcome {
    let (pairs, others) = try pairs(report)
    try check(generator)
    var outcome = Outcome(total: pairs.count * frames)
    func leaveOut(_ error: any Error) {
      outcome.failures.append("\(error)")
      report("left out: \(error)")
    }
    for error in others { leaveOut(error) }
    try Folders.make(output)

    var ways: [InterpolationWay] = []
    var notes = PictureNotes()
    let writers = PNGWriters()
    // As many pairs at a time as have their ends in one batch.
    let group = max(1, batch / 2)
    for first in stride(from: 0, to: pairs.count, by: group) {
      var missing: [(way: InterpolationWay, frames: [Int])] = []
      for pair in pairs[first..<min(first + group, pairs.count)] {
        do {
          let way = try way(pair, generator)
          writers.removeLeft(beside: way.path(of: 0))
          let frames = try way.missing(overwriting: overwrites)
          outcome.skipped += way.frames - frames.count
          if !frames.isEmpty { missing.append((way, frames)) }
          ways.append(way.withoutEnds)
          if let ends = way.ends { notes.say(ends.notes, report) }
        } catch let error as PNGError {
          outcome.total -= frames
          leaveOut(error)
        } catch let error as InterpolationError {
          outcome.total -= frames
          leaveOut(error)
        } catch let error as PictureError {
          outcome.total -= frames
          leaveOut(error)
        }
      }
      progress(outcome.skipped + outcome.written, outcome.total)
      guard let ends = try ends(of: missing.map(\.way), generator, shouldStop) else { break }
      let drawn = zip(missing, ends).flatMap { item, ends in
        item.frames.map { frame in
          (item.way, frame, InterpolatedFrame(ends: ends, place: item.way.place(of: frame)))
        }
      }
      for (way, _) in missing { try prepare(way.folder) }
      for first in stride(from: 0, to: drawn.count, by: max(batch, 1)) {
        if shouldStop() { break }
        let part = drawn[first..<min(first + max(batch, 1), drawn.count)]
        let values = try values(part.map { $0.2 }, generator)
        for ((way, frame, _), values) in zip(part, values) {
          let (provenance, path) = (way.provenance(of: frame), way.path(of: frame))
          if let ends = way.ends {
            try writers.write(
              ends.finished(values, place: way.place(of: frame)), provenance, to: path,
              over: overwrites ? .replaced : .keptIfSame)
          } else {
            try writers.write(
              try image(values, generator), provenance, to: path,
              over: overwrites ? .replaced : .keptIfSame)
          }
        }
        outcome.written += part.count
        progress(outcome.skipped + outcome.written, outcome.total)
      }
    }
    try writers.finish()
    if outcome.skipped + outcome.written == outcome.total {
      try writePictures(of: ways, generator)
    }
    return outcome
  }

  /// Refuses settings that have no way between the ends, and files in the way of pictures.
  private func check(_ generator: Generator) throws {
    try SettingError.check(.frames, frames)
    try SettingError.check(.batch, batch)
    if case .seeds(_, _, let index) = ends { try SettingError.check(.index, index) }
    try checkPictures(generator)
    let count = try pairs { _ in }.found.count * frames
    try generator.checkMemory("interpolation", batch: min(batch, count))
    guard case .images = ends else { return }
    if generator.settings.takesTurns {
      throw SettingError(
        "class", cause: "all cannot be combined with `between`; give one class")
    }
    if !generator.isInvertible {
      throw SettingError(
        "sampler",
        cause: "`between` needs DDIM inversion; use ddim with `eta` 0")
    }
  }

  /// The pairs, or one nil between seeds, and why images and folders have none.
  private func pairs(
    _ report: (String) -> Void
  ) throws -> (found: [InterpolationPair?], others: [any Error]) {
    guard case .images(let a, let b) = ends else { return ([nil], []) }
    let (pairs, others) = try InterpolationPair.find(a, b, output: output, report: report)
    return (pairs, others)
  }

  /// x_T of the ends of some ways; nil where the work is to be stopped.
  private func ends(
    of ways: [InterpolationWay], _ generator: Generator, _ shouldStop: () -> Bool
  ) throws -> [(a: [Float], b: [Float])]? {
    if case .seeds(let a, let b, let index) = ends {
      let noise = [a, b].map { generator.noise(seed: $0, index, .initialNoise) }
      return ways.map { _ in (noise[0], noise[1]) }
    }
    if ways.isEmpty { return [] }
    struct Stopped: Error {}
    do {
      let noise = try generator.inverted(ways.flatMap { $0.ends?.values ?? [] }) {
        if shouldStop() { throw Stopped() }
      }
      let size = generator.elementsPerImage
      return ways.indices.map { way in
        let b = (2 * way + 1) * size
        return (Array(noise[(b - size)..<b]), Array(noise[b..<(b + size)]))
      }
    } catch is Stopped {
      return nil
    }
  }

  /// The images of some frames, each (C, H, W).
  private func values(
    _ frames: [InterpolatedFrame], _ generator: Generator
  ) throws -> [[Float]] {
    let values: [Float]
    if case .seeds(let a, let b, let index) = ends {
      values = try generator.images(of: frames, seeds: (a, b), index: index)
    } else {
      values = try generator.images(of: frames, seeds: nil, index: 0)
    }
    let length = generator.elementsPerImage
    return frames.indices.map { Array(values[($0 * length)..<(($0 + 1) * length)]) }
  }

  /// A frame between seeds as a picture.
  private func image(_ values: [Float], _ generator: Generator) throws -> PixelImage {
    let configuration = generator.model.configuration
    guard let format = PixelFormat(channels: configuration.channels) else {
      throw GenerationError.channels(configuration.channels)
    }
    return Pixels.image(
      values[...], width: configuration.images.width, height: configuration.images.height,
      format: format)
  }

  /// Makes the folder of a pair's frames.
  private func prepare(_ folder: FilePath) throws {
    var relative = folder
    if relative.removePrefix(output) { try Folders.make(relative, below: output) }
  }
}
