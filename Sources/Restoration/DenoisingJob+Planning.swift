internal import Checkpoints
public import Files
internal import Images
internal import Networks
internal import PNGCodec
package import Sampling

extension DenoisingJob {
  /// Files whose sizes are looked at, at most.
  private static let sample = 2000

  /// Why images without a result would be left out that need more memory than they may take, the first of each size.
  public func shortages(_ denoiser: Denoiser) throws -> [DenoisingError] {
    var seen: Set<ImageSize> = []
    return try missingFiles(denoiser).compactMap { file in
      guard let header = try? PNGReader.header(of: file.path) else { return nil }
      let size = ImageSize(width: header.width, height: header.height)
      guard seen.insert(size).inserted else { return nil }
      do throws(DenoiserMemory) {
        try denoiser.fitting(1, denoiser.plan(size))
        return nil
      } catch {
        return .memory(file.path, error)
      }
    }
  }

  /// Seconds that the images without a result take on this machine as it is now, and whether that was
  /// estimated rather than measured.
  ///
  /// - Parameter clocks: what a trial of a small piece is timed by.
  public func estimatedSeconds(
    _ denoiser: Denoiser, clocks: Clocks = .system
  ) throws -> (seconds: Double, isRough: Bool) {
    let missing = try missingFiles(denoiser)
    let seen = evenlySpread(Self.sample, of: missing.count)
    var counts: [ImageSize: Int] = [:]
    for index in seen {
      guard let header = try? PNGReader.header(of: missing[index].path) else { continue }
      counts[ImageSize(width: header.width, height: header.height), default: 0] += 1
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
