internal import Checkpoints
internal import Diffusion
internal import Files
import Foundation
internal import Images
internal import PNGCodec
public import SystemPackage

/// A folder of generated images, of which what already exists is not made again.
public struct GenerationJob {
  /// A part of the images, as in "2/4": those whose index leaves the remainder 1 in four.
  public struct Shard: Equatable, Sendable {
    /// Which part, from 1.
    public let number: Int
    /// How many parts.
    public let count: Int

    /// Reads "2/4".
    public init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let number = parts[0], let count = parts[1], count > 0,
        (1...count).contains(number)
      else { return nil }
      (self.number, self.count) = (number, count)
    }

    func contains(_ index: Int) -> Bool { index % count == number - 1 }
  }

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
  /// Where the way of the first images is shown: as a strip (.png), or as an animation (.apng).
  public var film: FilePath?
  /// Where all the images are put into one picture.
  public var grid: FilePath?
  /// Whether files that were made otherwise may be replaced.
  public var overwrites = false

  /// A job for the images 0 to `count` - 1.
  public init(output: FilePath, count: Int) {
    self.output = output
    self.count = count
  }

  /// What a job has done.
  public struct Outcome: Sendable {
    /// Images made now.
    public var written = 0
    /// Images that were there before.
    public var skipped = 0
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

  /// Those of the images that are not there yet.
  ///
  /// - Throws: `OutputError.otherImage` where a file is there that was made otherwise, and
  ///   `MemoryShortage` where a batch needs more memory than there is.
  public func missing(_ generator: Generator) throws -> [Int] {
    let missing = try missing(generator, initialNoise(generator))
    try generator.checkMemory("generation", batch: min(batch, missing.count))
    return missing
  }

  private func missing(_ generator: Generator, _ noise: InitialNoise?) throws -> [Int] {
    try SettingError.check(.number, count)
    try SettingError.check(.batch, batch)
    return try indices.filter { index in
      try !provenance(generator, index, noise).isTold(by: path(of: index), overwriting: overwrites)
    }
  }

  /// Makes the images that are missing. Of a trajectory or a film that is to be written, all its images go
  /// their way again; those that are there stay what they are.
  ///
  /// - Parameters:
  ///   - progress: is told how many of the job's images there are.
  ///   - shouldStop: asked before each batch.
  /// - Throws: before any work `GenerationError` where a file is in the way and `MemoryShortage`; or what
  ///   the disk says.
  public func run(
    _ generator: Generator, progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Outcome {
    let size = generator.model.configuration.images
    guard let format = PixelFormat(channels: generator.model.configuration.channels) else {
      throw GenerationError.channels(generator.model.configuration.channels)
    }
    let noise = try initialNoise(generator)
    let missing = Set(try missing(generator, noise))
    if let grid {
      _ = try gridProvenance(generator).isTold(
        by: grid, replacingFrom: "images", overwriting: overwrites)
    }
    let recorders = try makeRecorders(generator, format, isComplete: missing.isEmpty)
    let drawn = missing.union(recorders.flatMap(\.indices)).sorted()
    try generator.checkMemory("generation", batch: min(batch, drawn.count))
    for folder in [output, grid?.removingLastComponent()] {
      if let folder { try Folders.make(folder) }
    }

    var outcome = Outcome(skipped: indices.count - missing.count)
    var done = 0
    let writers = PNGWriters()
    writers.removeLeft(beside: path(of: 0))
    for first in stride(from: 0, to: drawn.count, by: batch) {
      if shouldStop() { break }
      let part = Array(drawn[first..<min(first + batch, drawn.count)])
      let start = try noise?.values(part) ?? generator.initialNoise(part)
      for recorder in recorders { recorder.begin(part) }
      let values = try generator.images(part, from: start) { snapshot in
        for recorder in recorders { try recorder.record(snapshot) }
      }
      for recorder in recorders { try recorder.end(values) }
      let images = Pixels.images(values, width: size.width, height: size.height, format: format)
      for (index, image) in zip(part, images) where missing.contains(index) {
        try writers.write(
          image, provenance(generator, index, noise), to: path(of: index),
          over: overwrites ? .replaced : .keptIfSame)
        outcome.written += 1
      }
      done += part.count
      progress(indices.count - drawn.count + done)
    }
    try writers.finish()
    guard done == drawn.count else { return outcome }
    for recorder in recorders { try recorder.finish() }
    if let grid, !indices.isEmpty {
      let images = try indices.map { try PNGReader.read(path(of: $0), as: format) }
      try PNGWriter.write(
        ImageGrid.arrange(images), text: gridProvenance(generator).chunks, to: grid)
    }
    return outcome
  }

  private func initialNoise(_ generator: Generator) throws -> InitialNoise? {
    try initialNoise.map {
      try InitialNoise($0, for: generator.model.configuration, count: (indices.last ?? -1) + 1)
    }
  }

  /// Begins what is to be kept of the images' ways and is not there yet.
  private func makeRecorders(
    _ generator: Generator, _ format: PixelFormat, isComplete: Bool
  ) throws -> [any SamplingRecorder] {
    var recorders: [any SamplingRecorder] = []
    if let film, !indices.isEmpty {
      let kind = try FilmRecorder.Kind(of: film)
      let shown = Array(indices.prefix(kind.images))
      let provenance = pictureProvenance(generator, [("film", kind.rawValue)], shown.count)
      if try !provenance.isTold(
        by: film, replacingFrom: "images", overwriting: overwrites)
      {
        try Folders.make(film.removingLastComponent())
        recorders.append(
          FilmRecorder(film, kind, generator, format: format, indices: shown, provenance))
      }
    }
    guard let trajectory else { return recorders }
    var facts = facts(generator)
    if let name = initialNoise?.lastComponent?.string { facts.append(("x_T", name)) }
    let hasAll = try TrajectoryRecorder.check(
      trajectory, generator, facts, indices, overwriting: overwrites)
    if !hasAll || !isComplete {
      try Folders.make(trajectory.removingLastComponent())
      recorders.append(
        try TrajectoryRecorder(trajectory, generator, facts, indices: indices))
    }
    return recorders
  }

  // MARK: What is written into the files

  private func facts(_ generator: Generator) -> [(String, String)] {
    generator.model.facts + generator.settings.facts
  }

  private func provenance(
    _ generator: Generator, _ index: Int, _ noise: InitialNoise?
  ) throws -> Provenance {
    var facts = [("index", String(index))] + facts(generator)
    if let noise { facts.append(("x_T", try noise.fingerprint(index))) }
    return Provenance("generate", facts)
  }

  private func gridProvenance(_ generator: Generator) -> Provenance {
    pictureProvenance(generator, [], count)
  }

  /// Of a picture of several images.
  private func pictureProvenance(
    _ generator: Generator, _ kind: [(String, String)], _ count: Int
  ) -> Provenance {
    var facts = facts(generator) + kind
    if let name = initialNoise?.lastComponent?.string { facts.append(("x_T", name)) }
    facts.append(("images", String(count)))
    if let shard { facts.append(("shard", "\(shard.number)/\(shard.count)")) }
    return Provenance("generate", facts)
  }
}
