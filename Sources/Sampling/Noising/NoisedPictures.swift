internal import Checkpoints
internal import Diffusion
internal import Files
internal import Images
internal import PNGCodec
internal import Synchronization
internal import SystemPackage

/// Writes x_t as PNG: below `t-0250/` by timestep, or directly where there is one timestep alone.
///
/// May be used from many threads.
final class NoisedPictures: Sendable {
  private let folder: FilePath
  private let size: ImageSize
  private let format: PixelFormat
  private let seed: UInt64
  private let fit: Fit
  /// By timestep.
  private let alphaBars: [Int: Double]
  /// The images by their files: the noise is that of the number.
  private let numbers: [ImageFile: Int]
  private let digests = Mutex<[ImageFile: String]>([:])
  private let isSingle: Bool
  private let overwrites: Bool
  private let writers = PNGWriters()
  private let failure = Mutex<(any Error)?>(nil)

  /// - Parameters:
  ///   - folder: where they go.
  ///   - format: of the work's channels.
  init(
    _ folder: FilePath, _ format: PixelFormat, _ work: NoisingWork, of job: NoisingJob,
    _ schedule: NoiseSchedule
  ) {
    self.folder = folder
    self.format = format
    size = ImageSize(width: work.width, height: work.height)
    (seed, fit, overwrites) = (job.seed, job.fit, job.overwrites)
    isSingle = work.steps.count == 1
    alphaBars = Dictionary(uniqueKeysWithValues: work.steps.map { ($0, schedule.alphaBar[$0]) })
    numbers = Dictionary(
      work.files.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Begins to write x_t (C, H, W) of an image; after a failure it does nothing.
  func write(_ xt: UnsafeMutableBufferPointer<Float>, of file: ImageFile, at t: Int) {
    do {
      try throwFailure()
      try writers.write(
        Pixels.image(Array(xt)[...], width: size.width, height: size.height, format: format),
        provenance(of: file, at: t), to: madePath(of: file, at: t),
        over: overwrites ? .replaced : .replacedIfSame)
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }

  /// Throws what an image met that was to be written.
  func throwFailure() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Waits until all are written.
  func finish() throws {
    try throwFailure()
    try writers.finish()
  }

  /// Whether all pictures of images are there.
  ///
  /// - Throws: `OutputError.otherImage` where another one is, that may not be replaced.
  func areThere(of files: [ImageFile], at timesteps: [Int]) throws -> Bool {
    try timesteps.allSatisfy { t in
      try files.allSatisfy {
        try provenance(of: $0, at: t).isThere(
          at: stepFolder(t).pushing($0.outputPath), overwriting: overwrites)
      }
    }
  }

  /// Makes sure that no picture replaces another one.
  ///
  /// - Throws: `OutputError.otherImage`.
  func checkPlaces(of files: [ImageFile], at timesteps: [Int]) throws {
    for t in timesteps {
      guard try Folders.exists(stepFolder(t)) else { continue }
      for file in files {
        let place = stepFolder(t).pushing(file.outputPath)
        guard try Folders.exists(place) else { continue }
        _ = try provenance(of: file, at: t).isThere(at: place, overwriting: false)
      }
    }
  }

  /// All that x_t follows from.
  private func provenance(of file: ImageFile, at t: Int) throws -> Provenance {
    let known = digests.withLock { $0[file] }
    let digest = try known ?? Fingerprint.text(ofFile: file.path)
    digests.withLock { $0[file] = digest }
    return Provenance(
      "noise",
      [
        ("t", "\(t)"), ("alpha_bar", "\(alphaBars[t] ?? 0)"), ("seed", "\(seed)"),
        ("size", "\(size)"), ("fit", fit.rawValue), ("index", "\(numbers[file] ?? 0)"),
        ("image", digest),
      ])
  }

  private func stepFolder(_ t: Int) -> FilePath {
    if isSingle { return folder }
    let digits = String(t)
    return folder.appending(
      "t-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
  }

  private func madePath(of file: ImageFile, at t: Int) throws(FileError) -> FilePath {
    let folder = stepFolder(t)
    try Folders.make(folder)
    try Folders.make(file.outputPath.removingLastComponent(), below: folder)
    return folder.pushing(file.outputPath)
  }
}
