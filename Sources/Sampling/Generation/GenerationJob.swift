internal import Checkpoints
internal import Diffusion
internal import Files
internal import Foundation
internal import Images
internal import PNGCodec
public import SystemPackage

/// A folder of generated images, of which what already exists is not made again.
public struct GenerationJob: Job, Sendable {
  /// The folder for the images.
  public var output: FilePath
  /// How many images there are, in all shards together.
  public var count: Int
  /// Images computed at once: for speed and memory, the images stay what they are.
  public var batch = 16
  /// The part that is made; nil for all.
  public var shard: Shard?
  /// HDF5 with a dataset /x_T (image, C, H, W): what the images start from, by their indices.
  public var initialNoise: FilePath?
  /// Where all steps of all images are written.
  public var trajectory: FilePath?
  /// The file for the trajectory of the first images: a strip (.png) or an animation (.apng).
  public var animation: FilePath?
  /// Where all the images are put into one picture.
  public var grid: FilePath?
  /// Whether files that were made otherwise may be replaced.
  public var overwrites = false

  /// A job for the images 0 to `count` - 1.
  public init(output: FilePath, count: Int) {
    self.output = output
    self.count = count
  }

  /// The image with an index: `000017.png`.
  public func path(of index: Int) -> FilePath {
    let digits = String(index)
    return output.appending(
      String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png")
  }

  /// The indices of the job's images.
  public var indices: [Int] {
    (0..<count).filter { shard?.contains($0) ?? true }
  }

  /// Looks what is missing.
  ///
  /// - Throws: `OutputError.otherImage` where a file is there that was made otherwise, and
  ///   `MemoryShortage` where a batch needs more memory than there is.
  public func plan(_ generator: Generator, report: (String) -> Void = { _ in }) throws -> JobPlan {
    let noise = try initialNoise(generator)
    let missing = try missing(generator, noise)
    _ = try standing(generator, noise)
    try generator.checkMemory("generation", batch: min(batch, missing.count))
    return JobPlan(total: indices.count, missing: missing.count)
  }

  /// The indices of the images that are not there.
  private func missing(_ generator: Generator, _ noise: InitialNoise?) throws -> [Int] {
    try SettingError.check(.number, count)
    try SettingError.check(.batch, batch)
    let facts = facts(generator)
    return try indices.filter { index in
      try !provenance(of: index, facts, noise).isThere(
        at: path(of: index), overwriting: overwrites)
    }
  }

  /// Makes the images that are missing. Of a trajectory or an animation that is to be written, all its images go
  /// their way again, on the first process; those that are there stay what they are.
  public func run(_ generator: Generator, _ context: JobContext) throws -> BatchOutcome {
    guard let format = PixelFormat(channels: generator.model.configuration.channels) else {
      throw GenerationError.channels(generator.model.configuration.channels)
    }
    let size = generator.model.configuration.images
    let noise = try initialNoise(generator)
    var recorders: [any SamplingRecorder] = []
    let work = try context.share {
      let missing = try missing(generator, noise)
      recorders = try makeRecorders(generator, format, noise, isComplete: missing.isEmpty)
      let drawn = Set(missing).union(recorders.flatMap(\.indices)).sorted()
      try generator.checkMemory("generation", batch: min(batch, drawn.count))
      if let grid { try Folders.make(grid.removingLastComponent()) }
      // Whole batches, so that what is recorded does not make one smaller.
      let recorded = recorders.map(\.indices.count).max() ?? 0
      return Work(
        missing: Set(missing), drawn: drawn,
        recorded: min(drawn.count, (recorded + batch - 1) / batch * batch))
    }
    try context.processes.make(output)
    let drawn = work.drawn
    let there = indices.count - drawn.count
    let results = try JobItems<Bool>.share(
      work.recorded..<drawn.count, "images", done: there, of: indices.count, in: context
    ) { items in
      let facts = facts(generator)
      let writers = PNGWriters()
      writers.removeLeft(beside: path(of: 0))
      func draw(_ range: Range<Int>) throws {
        let part = Array(drawn[range])
        let start = try noise?.values(part) ?? generator.initialNoise(part)
        for recorder in recorders { recorder.begin(part) }
        let values = try generator.images(part, from: start) { snapshot in
          for recorder in recorders { try recorder.record(snapshot) }
        }
        for recorder in recorders { try recorder.end(values) }
        let images = Pixels.images(values, width: size.width, height: size.height, format: format)
        for (number, image) in zip(range, images) {
          let index = drawn[number]
          if work.missing.contains(index) {
            try writers.write(
              image, provenance(of: index, facts, noise), to: path(of: index),
              over: overwrites ? .replaced : .keptIfSame)
          }
          items.finish(number, work.missing.contains(index))
        }
      }
      if context.isFirst {
        for first in stride(from: 0, to: work.recorded, by: batch) where !items.isStopped {
          try draw(first..<min(first + batch, work.recorded))
        }
      }
      while let part = items.take(batch) { try draw(part) }
      try writers.finish()
    }
    return try context.share {
      var outcome = BatchOutcome(total: indices.count)
      outcome.skipped = indices.count - work.missing.count
      outcome.written = results.count { $0.value }
      guard results.count == drawn.count else { return outcome }
      for recorder in recorders { try recorder.finish() }
      if let grid, !indices.isEmpty {
        let images = try indices.map { try PNGReader.read(path(of: $0), as: format) }
        try PNGWriter.write(
          ImageGrid.arrange(images), text: gridProvenance(generator, noise).chunks, to: grid)
      }
      return outcome
    }
  }

  /// What the first process finds out for all.
  private struct Work: Codable {
    /// Indices of the images that are not there.
    let missing: Set<Int>
    /// Indices of those that are drawn.
    let drawn: [Int]
    /// How many of them, from the first on, the first process draws because it records their way.
    let recorded: Int
  }

  private func initialNoise(_ generator: Generator) throws -> InitialNoise? {
    try initialNoise.map {
      try InitialNoise($0, for: generator.model.configuration, count: (indices.last ?? -1) + 1)
    }
  }

  /// Whether the animation and the trajectory are there already; a grid is made anew.
  ///
  /// - Throws: `OutputError` or `GenerationError` where something else is in the place of one.
  private func standing(
    _ generator: Generator, _ noise: InitialNoise?
  ) throws -> (animation: Bool, trajectory: Bool) {
    func isThere(_ picture: Provenance, at path: FilePath) throws -> Bool {
      try picture.isThere(at: path, replacingFewer: "images", overwriting: overwrites)
    }
    if let grid { _ = try isThere(gridProvenance(generator, noise), at: grid) }
    return (
      try animation.map { try isThere(animationProvenance($0, generator, noise), at: $0) } ?? false,
      try trajectory.map {
        try TrajectoryRecorder.check(
          $0, generator, facts(generator, noise), indices, overwriting: overwrites)
      } ?? false
    )
  }

  /// Begins what is to be kept of the images' ways and is not there yet.
  private func makeRecorders(
    _ generator: Generator, _ format: PixelFormat, _ noise: InitialNoise?, isComplete: Bool
  ) throws -> [any SamplingRecorder] {
    var recorders: [any SamplingRecorder] = []
    let isThere = try standing(generator, noise)
    if let animation, !indices.isEmpty, !isThere.animation {
      let kind = try AnimationRecorder.Kind(of: animation)
      try Folders.make(animation.removingLastComponent())
      recorders.append(
        AnimationRecorder(
          animation, kind, generator, format: format, indices: Array(indices.prefix(kind.images)),
          try animationProvenance(animation, generator, noise)))
    }
    if let trajectory, !isThere.trajectory || !isComplete {
      try Folders.make(trajectory.removingLastComponent())
      recorders.append(
        try TrajectoryRecorder(
          trajectory, generator, facts(generator, noise), indices: indices))
    }
    return recorders
  }

  // MARK: What is written into the files

  private func facts(_ generator: Generator) -> [(String, String)] {
    generator.facts
  }

  /// Of a file of several images, with the noise that the first of them came from.
  private func facts(
    _ generator: Generator, _ noise: InitialNoise?
  ) throws -> [(String, String)] {
    guard let noise, let first = indices.first else { return facts(generator) }
    return facts(generator) + [("x_T", try noise.fingerprint(first))]
  }

  private func provenance(
    of index: Int, _ facts: [(String, String)], _ noise: InitialNoise?
  ) throws -> Provenance {
    let start = try noise.map { [("x_T", try $0.fingerprint(index))] } ?? []
    return Provenance("generate", [("index", String(index))] + facts + start)
  }

  private func gridProvenance(
    _ generator: Generator, _ noise: InitialNoise?
  ) throws -> Provenance {
    try pictureProvenance(generator, noise, [], count)
  }

  private func animationProvenance(
    _ path: FilePath, _ generator: Generator, _ noise: InitialNoise?
  ) throws -> Provenance {
    let kind = try AnimationRecorder.Kind(of: path)
    return try pictureProvenance(
      generator, noise, [("film", kind.rawValue)], min(kind.images, indices.count))
  }

  /// Of a picture of several images.
  private func pictureProvenance(
    _ generator: Generator, _ noise: InitialNoise?, _ kind: [(String, String)], _ count: Int
  ) throws -> Provenance {
    var facts = try facts(generator, noise) + kind
    facts.append(("images", String(count)))
    if let shard { facts.append(("shard", "\(shard.number)/\(shard.count)")) }
    return Provenance("generate", facts)
  }
}
