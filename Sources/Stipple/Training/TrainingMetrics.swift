internal import Diffusion

/// A run's two tables: `metrics.csv`, which is the same however often the run was stopped, and
/// `performance.csv`, which has a row for each checkpoint and depends on the machine.
final class TrainingMetrics {
  private let metrics: MetricsFile
  private let performance: MetricsFile
  private let timesteps: Int
  /// A running mean of the loss, over a hundred steps or so.
  private(set) var recentLoss = 0.0
  private var recentSteps = 0

  init(_ folder: RunFolder, schedule: NoiseSchedule, keepingUpTo step: Int) throws {
    timesteps = schedule.timesteps
    metrics = try MetricsFile(
      folder.metrics,
      columns: [
        "step", "images_seen", "loss", "loss_quarter_1", "loss_quarter_2", "loss_quarter_3",
        "loss_quarter_4", "validation_loss", "learning_rate", "gradient_norm", "skipped_steps",
      ], keepingUpTo: step)
    performance = try MetricsFile(
      folder.performance,
      columns: ["step", "seconds", "images_per_second", "waiting_for_data_percent"],
      keepingUpTo: step)
  }

  /// Adds a step's row. A quarter is of the timesteps, the least noisy first; it is empty where the
  /// step had no example in it.
  func append(_ state: RunState, _ result: TrainingStep.Result, validation: Double?) {
    var sums = [Double](repeating: 0, count: 4)
    var counts = [Double](repeating: 0, count: 4)
    for (loss, t) in zip(result.losses, result.timesteps) {
      sums[t * 4 / timesteps] += Double(loss)
      counts[t * 4 / timesteps] += 1
    }
    let quarters = zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil }
    metrics.append(
      state.step,
      [Double(state.imagesSeen), result.loss] + quarters
        + [
          validation, result.learningRate, result.gradientNorm, Double(state.skippedSteps),
        ])
    recentSteps += 1
    recentLoss += (result.loss - recentLoss) / Double(min(recentSteps, 100))
  }

  /// Writes what has come together, with how fast the session has been since `first`.
  func flush(_ state: RunState, waited: Duration, since first: RunState) throws {
    let seconds = state.seconds - first.seconds
    performance.append(
      state.step,
      [
        state.seconds, Double(state.imagesSeen - first.imagesSeen) / max(seconds, 1e-9),
        100 * waited.seconds / max(seconds, 1e-9),
      ])
    try metrics.flush()
    try performance.flush()
  }
}
