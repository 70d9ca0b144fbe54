internal import Checkpoints
public import Files
internal import Images
internal import Networks
internal import PNGCodec
package import Sampling

extension DenoisingJob {
  /// Files whose sizes are looked at, at most.
  private static let sample = 2000

  /// What is to be expected of the images without a result: the seconds that they take on this machine as it is now, and whether
  /// those were estimated rather than measured; and why some would be left out, the first of each size.
  ///
  /// - Parameter clocks: what a trial of a small piece is timed by.
  public func outlook(
    _ denoiser: Denoiser, clocks: Clocks = .system
  ) throws -> (time: (seconds: Double, isRough: Bool), shortages: [DenoisingError]) {
    let missing = try missingFiles(denoiser)
    return (
      try estimatedSeconds(of: missing, denoiser, clocks), shortages(among: missing, denoiser)
    )
  }

  /// The size that an image says it has; nil where it cannot be read.
  private func size(of file: ImageFile) -> ImageSize? {
    (try? PNGReader.header(of: file.path)).map { ImageSize(width: $0.width, height: $0.height) }
  }

  /// Why images would be left out that need more memory than they may take, the first of each size.
  private func shortages(among missing: [ImageFile], _ denoiser: Denoiser) -> [DenoisingError] {
    var seen: Set<ImageSize> = []
    return missing.compactMap { file in
      guard let size = size(of: file), seen.insert(size).inserted else { return nil }
      do throws(DenoiserMemory) {
        try denoiser.fitting(1, denoiser.plan(size))
        return nil
      } catch {
        return .memory(file.path, error)
      }
    }
  }

  private func estimatedSeconds(
    of missing: [ImageFile], _ denoiser: Denoiser, _ clocks: Clocks
  ) throws -> (seconds: Double, isRough: Bool) {
    let seen = evenlySpread(Self.sample, of: missing.count)
    var counts: [ImageSize: Int] = [:]
    for index in seen {
      guard let size = size(of: missing[index]) else { continue }
      counts[size, default: 0] += 1
    }
    let work = counts.map { (size: $0.key, plan: denoiser.plan($0.key), count: $0.value) }
    guard let most = work.max(by: { $0.size.area * $0.count < $1.size.area * $1.count }) else {
      return (0, false)
    }
    func piece(_ plan: TilePlan, _ count: Int) -> NetworkTrial.Piece {
      .init(
        batch: Denoiser.tilesAtOnce(plan.count == 1 ? count : plan.count, plan),
        width: plan.tileWidth, height: plan.tileHeight)
    }
    let goal = piece(most.plan, most.count)
    let trial = try denoiser.model.trial(
      towards: goal, precision: denoiser.precision, threads: denoiser.threads, clocks: clocks)
    var seconds = 0.0
    for part in work {
      let piece = piece(part.plan, part.count)
      let each = trial.seconds(piece).seconds / Double(piece.batch)
      let looks = sigma == nil && gain == nil ? denoiser.looks(at: part.plan).count : 0
      seconds += each * Double(part.count * (part.plan.count * denoiser.evaluations + looks))
    }
    let isAll = seen.count == missing.count && work.count == 1
    return (
      seconds * Double(missing.count) / Double(max(seen.count, 1)),
      !isAll || trial.seconds(goal).isRough
    )
  }
}

extension Denoiser {
  /// Evaluations of the network for a tile.
  var evaluations: Int { method == .mean ? ensemble.rawValue : steps }

  func plan(_ size: ImageSize) -> TilePlan { plan(width: size.width, height: size.height) }

  /// Makes sure that the network has the memory for the smallest tiles that make sense.
  ///
  /// - Throws: `MemoryShortage`.
  package func checkMemory() throws(MemoryShortage) {
    let multiple = model.configuration.network.strideMultiple
    let side = max(multiple, min(tile, 64) / multiple * multiple)
    try MemoryShortage.check(
      "denoising", model.memory(width: side, height: side, precision: precision), batch: 1,
      otherwise: "use a machine with more memory")
  }
}
