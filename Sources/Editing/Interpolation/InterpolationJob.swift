internal import Checkpoints
internal import Diffusion
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
public struct InterpolationJob: Job, Sendable {
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
  public var animation: FilePath?
  /// Whether pictures that were made otherwise may be replaced.
  public var overwrites = false

  /// A job with the usual settings.
  public init(_ ends: Ends, output: FilePath) {
    self.ends = ends
    self.output = output
  }

  /// Looks what is missing.
  public func plan(_ generator: Generator, report: (String) -> Void = { _ in }) throws -> JobPlan {
    try check(generator)
    var plan = JobPlan(total: 0, missing: 0)
    for pair in try pairs(report).found {
      guard let way = try? way(pair, generator) else { continue }
      let missing = try way.missing(overwriting: overwrites).count
      plan.total += frames
      plan.missing += missing
      let inverted = pair == nil || missing == 0 ? 0 : 2 * Generator.inversionEvaluations
      plan.work += missing + inverted
    }
    return plan
  }

  /// Makes the frames that are missing. Whether to stop is asked before each batch, and on the way from images to
  /// noise.
  public func run(_ generator: Generator, _ context: JobContext) throws -> BatchOutcome {
    let work = try context.share {
      let (pairs, others) = try pairs(context.note)
      try check(generator)
      return Work(pairs: pairs, unlisted: others.map { "\($0)" })
    }
    try context.processes.requireSeen(work.pairs.compactMap { $0?.a })
    try context.processes.make(output)
    for failure in work.unlisted { context.note("left out: \(failure)") }
    let isBetweenSeeds = if case .seeds = ends { true } else { false }
    // Frames are shared between seeds; between images pairs, whose ends are costly.
    let numbers = isBetweenSeeds ? 0..<frames : work.pairs.indices
    let results = try JobItems<ItemResult>.share(
      numbers, "frames", of: work.pairs.count * frames, in: context
    ) { items in
      let writers = PNGWriters()
      var notes = PictureNotes()
      // As many pairs at a time as have their ends in one batch.
      while let taken = items.take(isBetweenSeeds ? batch : max(1, batch / 2)) {
        let wanted = isBetweenSeeds ? [(0, taken)] : taken.map { ($0, 0..<frames) }
        var missing: [MissingFrames] = []
        for (number, range) in wanted {
          let first = number * frames
          let way: InterpolationWay
          do {
            way = try self.way(work.pairs[number], generator)
          } catch let error where Self.isOfImages(error) {
            items.finish(first, ItemResult(.failed(items.leaveOut(error))))
            continue
          }
          if let ends = way.ends { notes.say(ends.notes, items.note) }
          writers.removeLeft(beside: way.path(of: 0))
          let lacking = try way.missing(overwriting: overwrites, among: range)
          for frame in Set(range).subtracting(lacking) {
            items.finish(first + frame, ItemResult(.skipped))
          }
          if !lacking.isEmpty {
            missing.append(MissingFrames(way: way, first: first, frames: lacking))
          }
        }
        guard let ends = try ends(of: missing.map(\.way), generator, { items.isStopped }) else {
          break
        }
        let drawn = zip(missing, ends).flatMap { item, ends in
          item.frames.map { frame in
            (
              item, frame, InterpolatedFrame(ends: ends, place: item.way.place(of: frame))
            )
          }
        }
        for item in missing { try prepare(item.way.folder) }
        for start in stride(from: 0, to: drawn.count, by: batch) {
          if start > 0, items.isStopped { break }
          let part = drawn[start..<min(start + batch, drawn.count)]
          let values = try values(part.map { $0.2 }, generator)
          for ((item, frame, _), values) in zip(part, values) {
            try write(values, item.way, frame, generator, writers)
            items.finish(item.first + frame, ItemResult(.written))
          }
        }
      }
      try writers.finish()
    }
    return try context.share {
      let outcome = outcome(results, work)
      if outcome.missing == 0 {
        try writePictures(
          of: ways(work, results), generator, first: work.pairs.first ?? nil)
      }
      return outcome
    }
  }

  /// What the first process finds out for all.
  private struct Work: Codable {
    /// One nil between seeds.
    let pairs: [InterpolationPair?]
    /// Why there are images and folders without frames.
    let unlisted: [String]
  }

  /// Frames that are to be drawn.
  private struct MissingFrames {
    let way: InterpolationWay
    /// The number of the way's first frame among those of all ways.
    let first: Int
    let frames: [Int]
  }

  /// Whether an error is about one pair's images.
  private static func isOfImages(_ error: any Error) -> Bool {
    error is PNGError || error is InterpolationError || error is PictureError
  }

  private func outcome(_ results: [Int: ItemResult], _ work: Work) -> BatchOutcome {
    var outcome = BatchOutcome(total: work.pairs.count * frames)
    outcome.failures = work.unlisted
    for (_, result) in results.sorted(by: { $0.key < $1.key }) {
      switch result.fate {
      case .written, .copied: outcome.written += 1
      case .skipped: outcome.skipped += 1
      case .failed(let cause):
        outcome.failures.append(cause)
        outcome.total -= frames
      }
    }
    return outcome
  }

  /// Where the frames are of the pairs that have some.
  private func ways(_ work: Work, _ results: [Int: ItemResult]) -> [InterpolationWay] {
    work.pairs.enumerated().compactMap { number, pair in
      if case .failed = results[number * frames]?.fate { return nil }
      return InterpolationWay(
        folder: pair.map { output.pushing($0.folder) } ?? output, frames: frames, facts: [],
        ends: nil)
    }
  }

  private func write(
    _ values: [Float], _ way: InterpolationWay, _ frame: Int, _ generator: Generator,
    _ writers: PNGWriters
  ) throws {
    let (provenance, path) = (way.provenance(of: frame), way.path(of: frame))
    let existing: PNGWriters.Existing = overwrites ? .replaced : .keptIfSame
    if let ends = way.ends {
      try writers.write(
        ends.finished(values, place: way.place(of: frame)), provenance, to: path, over: existing)
    } else {
      try writers.write(try image(values, generator), provenance, to: path, over: existing)
    }
  }

  /// Refuses settings that have no way between the ends, and files in the way of pictures.
  private func check(_ generator: Generator) throws {
    try SettingError.check(.frames, frames)
    try SettingError.check(.batch, batch)
    if case .seeds(_, _, let index) = ends { try SettingError.check(.index, index) }
    let pairs = try pairs { _ in }.found
    try checkPictures(generator, of: pairs)
    let count = pairs.count * frames
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
    // In one step from pure noise all noise becomes the same image.
    if try generator.settings.plan(generator.model.schedule).timesteps.count < 2 {
      throw SettingError("steps", cause: "`between` needs at least 2")
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
      let ends = generator.split(noise)
      return ways.indices.map { (ends[2 * $0], ends[2 * $0 + 1]) }
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
    return generator.split(values)
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
