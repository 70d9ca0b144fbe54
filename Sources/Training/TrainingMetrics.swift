internal import Checkpoints
internal import Files
internal import SystemPackage

/// A run's tables.
///
/// `metrics.csv` has a row for each step and is the same however often the run was stopped:
///
///     step              steps made, this one included
///     images_seen       examples used, each as often as it was used
///     loss              mean over the step's examples
///     loss_quarter_1 … loss_quarter_4
///                       the same over the examples in that quarter of the noise that training draws, of the
///                       schedule's timesteps or of the noise range, the least first; empty where
///                       there was none
///     validation_loss   of the averaged weights; at each multiple of checkpoint-every, else empty
///     learning_rate     of this step
///     gradient_norm     over all parameters, before clipping
///     skipped_steps     how many steps so far were not finite and changed nothing
///
/// What was not finite is an empty cell. `performance.csv` has a row for each checkpoint and depends
/// on the machine:
///
///     step   seconds (of training in all sessions)   images_per_second (in this session)
///     waiting_for_data_percent (of this session's time)
///     waiting_for_processes_percent (the same, in the mean of the processes; empty with one)
///     memory_megabytes (the most that the process has had)
///
/// `timesteps.csv` has a row for each checkpoint too: the loss of the examples since the row before, in each
/// twentieth of the noise that training draws, the least first; empty where there was none.
final class TrainingMetrics {
  /// Those of `metrics.csv`.
  static let columns = [
    "step", "images_seen", "loss", "loss_quarter_1", "loss_quarter_2", "loss_quarter_3",
    "loss_quarter_4", "validation_loss", "learning_rate", "gradient_norm", "skipped_steps",
  ]
  /// Those of `performance.csv`.
  static let performanceColumns = [
    "step", "seconds", "images_per_second", "waiting_for_data_percent",
    "waiting_for_processes_percent", "memory_megabytes",
  ]
  /// How many of them there were before training had several processes.
  static let olderPerformanceColumns = 4
  /// Those of `timesteps.csv`.
  static let timestepColumns = ["step"] + (1...parts).map { "loss_\($0)" }
  /// Parts of the noise that training draws.
  private static let parts = 20

  private let metrics: MetricsFile?
  private let performance: MetricsFile?
  private let timesteps: MetricsFile?
  private let tensorBoard: TensorBoardLog?
  /// Sums of losses and numbers of examples since the last checkpoint, by their noise.
  private var noise = [(sum: Double, count: Int)](repeating: (0, 0), count: parts)
  private let clocks: Clocks
  /// When rows were last handed to the system.
  private var flushed: Duration
  /// A running mean of the loss, over a hundred steps or so.
  private(set) var recentLoss = 0.0
  private var lastStep: Int
  private var recentSteps = 0

  /// - Parameters:
  ///   - folder: where the tables are; nil for none, where another process writes them.
  ///   - losses: of the steps before, for the running mean.
  ///   - settings: of a run that TensorBoard is to show too; nil of others.
  init(
    _ folder: RunFolder?, keepingUpTo step: Int, after losses: [Double], _ clocks: Clocks,
    showing settings: TrainingSettings? = nil
  ) throws {
    self.clocks = clocks
    flushed = clocks.elapsed()
    lastStep = step
    func table(_ path: FilePath?, _ columns: [String], older: Int? = nil) throws -> MetricsFile? {
      try path.map { try MetricsFile($0, columns: columns, older: older, keepingUpTo: step) }
    }
    metrics = try table(folder?.metrics, Self.columns)
    performance = try table(
      folder?.performance, Self.performanceColumns, older: Self.olderPerformanceColumns)
    timesteps = try table(folder?.timesteps, Self.timestepColumns)
    tensorBoard = try folder.flatMap { folder in
      try settings.map { try TensorBoardLog(folder, $0, keepingUpTo: step, clocks) }
    }
    for loss in losses { takeInMean(loss) }
  }

  /// The steps before that have no rows though they should; nil where there are none.
  var missingRows: ClosedRange<Int>? {
    metrics.flatMap { $0.lastKept < lastStep ? ($0.lastKept + 1)...lastStep : nil }
  }

  /// Whether there was a finite loss that `recentLoss` is the mean of.
  var hasLoss: Bool { recentSteps > 0 }

  private func takeInMean(_ loss: Double) {
    recentSteps += 1
    recentLoss += (loss - recentLoss) / Double(min(recentSteps, 100))
  }

  /// Adds a step's row.
  package func append(_ state: TrainingState, _ result: TrainingStep.Result, validation: Double?) {
    lastStep = state.step
    var sums = [Double](repeating: 0, count: 4)
    var counts = [Double](repeating: 0, count: 4)
    for (loss, quantile) in zip(result.losses, result.quantiles) {
      sums[Int(quantile * 4)] += Double(loss)
      counts[Int(quantile * 4)] += 1
      if loss.isFinite {
        noise[Int(quantile * Double(Self.parts))].sum += Double(loss)
        noise[Int(quantile * Double(Self.parts))].count += 1
      }
    }
    let quarters = zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil }
    metrics?.append(
      state.step,
      [Double(state.imagesSeen), result.loss] + quarters
        + [validation, result.learningRate, result.gradientNorm, Double(state.skippedSteps)])
    tensorBoard?.add(
      state.step,
      [
        ("loss/training", result.loss), ("loss/validation", validation),
        ("learning_rate", result.learningRate), ("gradient_norm", result.gradientNorm),
        ("skipped_steps", Double(state.skippedSteps)),
      ] + quarters.enumerated().map { ("loss/quarter_\($0.offset + 1)", $0.element) })
    if result.isFinite { takeInMean(result.loss) }
  }

  /// Adds how fast the session has been since `first`, for the row of a checkpoint.
  ///
  /// - Parameters:
  ///   - waited: for data.
  ///   - waitingShare: the part of the time that processes have waited for each other.
  func appendPerformance(
    _ state: TrainingState, waited: Duration, waitingShare: Double?, since first: TrainingState
  ) {
    let seconds = max(state.seconds - first.seconds, 1e-9)
    performance?.append(
      state.step,
      [
        state.seconds, Double(state.imagesSeen - first.imagesSeen) / seconds,
        100 * waited.seconds / seconds, waitingShare.map { 100 * $0 }, Machine.peakMegabytes,
      ])
    let lossByNoise = noise.map { $0.count > 0 ? $0.sum / Double($0.count) : nil }
    timesteps?.append(state.step, lossByNoise)
    tensorBoard?.addCheckpoint(
      state.step,
      [
        ("speed/images_per_second", Double(state.imagesSeen - first.imagesSeen) / seconds),
        ("speed/waiting_for_data_percent", 100 * waited.seconds / seconds),
        ("speed/memory_megabytes", Machine.peakMegabytes),
      ], lossByNoise: lossByNoise)
    noise = noise.map { _ in (0, 0) }
  }

  /// Hands the rows to the system now and then, for who looks on.
  func flushNowAndThen() throws {
    if clocks.elapsed() - flushed < .seconds(2) { return }
    flushed = clocks.elapsed()
    try metrics?.flush()
  }

  /// Brings all rows to the disk.
  func flush() throws {
    flushed = clocks.elapsed()
    try metrics?.flush(isDurable: true)
    try performance?.flush(isDurable: true)
    try timesteps?.flush(isDurable: true)
    try tensorBoard?.flush(upTo: lastStep)
  }
}
