public import Checkpoints
internal import Compiler
internal import Distributed
internal import Sampling
internal import Text

/// Less memory than a run would take, and what it costs.
public struct MemoryTrade: Sendable, Equatable {
  /// The limit to give.
  public let memory: MemorySize
  /// How many parts of a batch are then computed one after the other.
  public let batchParts: Int
  /// The part by which steps take longer: 0.04 for 4 percent.
  public let slowdown: Double
  /// The same as people read it: "4 %".
  public var slowdownText: String { Readable.percent(slowdown) }
}

extension TrainingPlan {
  /// Limits on memory below what the run takes, the largest first, down to about the least that takes a whole batch
  /// at once, and then one that takes it in parts.
  public var memoryTrades: [MemoryTrade] {
    if memory.shortage != nil || memory.parts > 1 { return [] }
    let batch = settings.batch / processes.size
    let samples = inference(configuration.size)?.bytes(batch: 1) ?? 0
    var trades: [MemoryTrade] = []
    /// Adds the limit for so much of what lies between the least and the most.
    func add(_ share: Double, _ planner: RecomputationPlanner, parts: Int) {
      let rest = remainder(batch: batch / parts, parts: parts, configuration.size)
      let (least, usual) = (planner.least.bytes, planner.usual.bytes)
      let limit = Self.rounded(rest + Double(least) + share * Double(usual - least))
      guard limit < (trades.last.map { Double($0.memory.bytes) } ?? memory.bytes * 0.95),
        limit >= rest + samples, let choice = planner.fitting(Int(limit - rest))
      else { return }
      trades.append(
        MemoryTrade(
          memory: MemorySize(bytes: Int(limit)), batchParts: parts, slowdown: choice.slowdown))
    }
    let whole = planner(batch: batch)
    for share in [0.7, 0.4, 0] { add(share, whole, parts: 1) }
    if let parts = (2...max(batch, 2)).first(where: { batch.isMultiple(of: $0) }), batch > 1 {
      add(0.5, planner(batch: batch / parts), parts: parts)
    }
    return trades
  }

  /// Up to a number of bytes with two digits that count.
  private static func rounded(_ bytes: Double) -> Double {
    var unit = 1e6
    while bytes / unit > 100 { unit *= 10 }
    return (bytes / unit).rounded(.up) * unit
  }
}
