internal import Diffusion
internal import Files
internal import HDF5
internal import PNGCodec
public import SystemPackage

/// A folder of generated images, of which what is there already is not made again.
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
  /// Images computed at once.
  public var batch = 32
  /// The part that is made; nil for all.
  public var shard: Shard?
  /// HDF5 with a dataset /x_T (image, C, H, W): what the images start from, by their indices.
  public var initialNoise: FilePath?
  /// Where all steps of all images are written.
  public var trajectory: FilePath?
  /// Where all the images are put into one picture.
  public var grid: FilePath?

  /// The folder for the images.
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
  /// - Throws: `GenerationError.otherImage` where a file is there that was made otherwise.
  public func missing(_ generator: Generator) throws -> [Int] {
    try indices.filter { index in
      let path = path(of: index)
      guard Folders.exists(path) else { return true }
      let found = try Provenance(of: path)
      let expected = provenance(generator, index)
      guard found == expected else {
        throw GenerationError.otherImage(
          path, found: found?.text ?? "not made by Stipple", expected: expected.text)
      }
      return false
    }
  }

  /// Makes the images that are missing.
  ///
  /// - Parameters:
  ///   - progress: is told how many of the job's images there are.
  ///   - shouldStop: asked before each batch.
  public func run(
    _ generator: Generator, progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Outcome {
    try Folders.make(output)
    Folders.removeAbandoned(in: output)
    let missing = trajectory == nil ? try missing(generator) : indices
    var outcome = Outcome(skipped: indices.count - missing.count)
    let size = generator.model.configuration.images
    guard let format = PixelFormat(channels: generator.model.configuration.channels) else {
      throw GenerationError.channels(generator.model.configuration.channels)
    }
    let starts = try initialNoise.map { try InitialNoise($0, generator) }
    let recorder = try trajectory.map {
      try TrajectoryRecorder($0, generator, images: missing.count)
    }
    let writers = PNGWriters()
    for first in stride(from: 0, to: missing.count, by: max(batch, 1)) {
      if shouldStop() { break }
      let part = Array(missing[first..<min(first + batch, missing.count)])
      let start = try starts?.values(part) ?? generator.initialNoise(part)
      recorder?.begin(part)
      let values = try generator.images(part, from: start) { try recorder?.record($0) }
      try recorder?.end(values)
      let images = Pixels.images(values, width: size.width, height: size.height, format: format)
      for (index, image) in zip(part, images) {
        try writers.write(image, provenance(generator, index), to: path(of: index))
      }
      outcome.written += part.count
      progress(outcome.skipped + outcome.written)
    }
    try writers.finish()
    let isComplete = outcome.skipped + outcome.written == indices.count
    if isComplete { try recorder?.finish() }
    if let grid, isComplete, !indices.isEmpty {
      let images = try indices.map { try PNGReader.read(path(of: $0), as: format) }
      try PNGWriter.write(
        ImageGrid.arrange(images),
        text: Provenance(
          "generate", [("images", String(count))] + generator.model.facts + generator.settings.facts
        ).chunks, to: grid)
    }
    return outcome
  }

  private func provenance(_ generator: Generator, _ index: Int) -> Provenance {
    var facts = [("index", String(index))] + generator.model.facts + generator.settings.facts
    if let name = initialNoise?.lastComponent?.string { facts.append(("x_T", name)) }
    return Provenance("generate", facts)
  }
}

/// What generation can meet.
public enum GenerationError: Error, Equatable, Sendable, CustomStringConvertible {
  case otherImage(FilePath, found: String, expected: String)
  case channels(Int)
  case initialNoise(FilePath, cause: String)
  case setting(String, cause: String)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .otherImage(let path, let found, let expected):
      return """
        \(path): is another image (\(found)) than would be written (\(expected)); \
        give another folder, or remove it
        """
    case .channels(let count):
      return "the network makes images of \(count) channels; PNG has 1, 3 or 4"
    case .initialNoise(let path, let cause): return "\(path): \(cause)"
    case .setting(let name, let cause): return "--\(name): \(cause)"
    }
  }
}

/// x_T from a file.
private struct InitialNoise {
  private let dataset: Dataset
  private let path: FilePath

  init(_ path: FilePath, _ generator: Generator) throws {
    self.path = path
    dataset = try File.open(path).root.dataset("x_T")
    let configuration = generator.model.configuration
    let expected = [
      configuration.channels, configuration.images.height, configuration.images.width,
    ]
    guard dataset.shape.count == 4, Array(dataset.shape.dropFirst()) == expected else {
      throw GenerationError.initialNoise(
        path,
        cause: "/x_T has shape \(dataset.shape), expected (images, "
          + expected.map(String.init).joined(separator: ", ") + ")")
    }
  }

  func values(_ indices: [Int]) throws -> [Float] {
    try indices.flatMap { index -> [Float] in
      guard index < dataset.shape[0] else {
        throw GenerationError.initialNoise(
          path, cause: "/x_T has \(dataset.shape[0]) images, none with the index \(index)")
      }
      return try dataset.read(at: [index])
    }
  }
}
