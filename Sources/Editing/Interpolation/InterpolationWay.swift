internal import Checkpoints
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// The frames between two ends as files.
struct InterpolationWay {
  /// Where they are.
  let folder: FilePath
  /// How many there are, both ends included.
  let frames: Int
  /// What tells them from others.
  let facts: [(String, String)]
  /// The pictures at the ends; nil between seeds.
  let ends: InterpolationEnds?

  /// The file of a frame.
  func path(of frame: Int) -> FilePath {
    GenerationJob(output: folder, count: frames).path(of: frame)
  }

  /// What a frame's file tells of itself.
  func provenance(of frame: Int) -> Provenance {
    Provenance("interpolate", [("frame", "\(frame + 1) of \(frames)")] + facts)
  }

  /// The frames that are not there yet.
  ///
  /// - Parameters:
  ///   - overwriting: whether frames made otherwise may be replaced.
  ///   - range: the frames that are looked for; nil for all.
  /// - Throws: `OutputError.otherImage` where a file is there that was made otherwise.
  func missing(overwriting: Bool, among range: Range<Int>? = nil) throws -> [Int] {
    try (range ?? 0..<frames).filter {
      try !provenance(of: $0).isThere(at: path(of: $0), overwriting: overwriting)
    }
  }

  /// Where a frame is between the ends, 0 to 1.
  func place(of frame: Int) -> Double { Double(frame) / Double(frames - 1) }
}

extension InterpolationJob {
  /// What tells the job's frames from others, but for their ends.
  func facts(_ generator: Generator) -> [(String, String)] {
    let facts = generator.facts.filter { $0.0 != "seed" }
    guard case .seeds(let a, let b, let index) = ends else { return facts }
    return facts + [("seeds", "\(a) \(b)"), ("index", "\(index)")]
  }

  /// The frames between the images of a pair, or with nil between seeds.
  ///
  /// - Throws: `PNGError` where an image cannot be read, or `InterpolationError` where frames have no path.
  func way(_ pair: InterpolationPair?, _ generator: Generator) throws -> InterpolationWay {
    guard let pair else {
      return InterpolationWay(
        folder: output, frames: frames, facts: facts(generator), ends: nil)
    }
    let folder = output.pushing(pair.folder)
    // A system's paths end at 4,095 bytes, and the frames' names have up to 10.
    if folder.length > 4080 { throw InterpolationError.nameTooLong(pair.a) }
    let configuration = generator.model.configuration
    let size = configuration.size
    let ends = try InterpolationEnds(
      pair.a, pair.b, channels: configuration.channels, size: size, pictures)
    return InterpolationWay(
      folder: folder, frames: frames,
      facts: facts(generator) + pictures.facts
        + [("between", ends.fingerprints.joined(separator: " "))], ends: ends)
  }
}
