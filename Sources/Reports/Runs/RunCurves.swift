internal import Checkpoints
import Foundation

/// The charts of a run.
package struct RunCurves {
  /// Charts of the training itself.
  package let training: [Chart]
  /// Charts of the losses by noise.
  package let noise: [Chart]
  /// Charts of speed and memory.
  package let speed: [Chart]

  /// All that have anything to show.
  package var all: [Chart] { training + noise + speed }

  package init(_ run: RunFacts) {
    let metrics = run.metrics
    training =
      [Self.loss(run)] + Self.others(run.quality, "quality") + Self.others(metrics, "metric")
      + Self.rate(metrics)
    noise = [Self.quarters(metrics)].filter { $0.curves.count > 1 } + Self.timesteps(run.timesteps)
    speed = Self.speed(run).filter { !$0.isEmpty }
  }

  private static func loss(_ run: RunFacts) -> Chart {
    var chart = Chart("loss", "Loss", y: "mean squared error", scale: .ratio)
    chart.add("Training, smoothed", 1, smoothing: run.metrics[column: "loss"])
    chart.add("Validation", 2, .points, run.validationLoss.points)
    return chart
  }

  private static func rate(_ metrics: MetricsTable) -> [Chart] {
    var norm = Chart("gradient-norm", "Gradient norm", y: "before clipping", scale: .ratio)
    norm.add("Gradient norm, smoothed", 3, smoothing: metrics[column: "gradient_norm"])
    var rate = Chart("learning-rate", "Learning rate", y: "", scale: .fromZero)
    rate.add("Learning rate", 4, .line, metrics[column: "learning_rate"].points)
    return [norm, rate].filter { !$0.isEmpty }
  }

  private static func quarters(_ metrics: MetricsTable) -> Chart {
    var chart = Chart(
      "loss-quarters", "Loss by quarter of the noise", y: "mean squared error", scale: .ratio,
      note: "Training loss by quartile of the sampled noise level, each smoothed.")
    let names = ["Least noise", "Second quarter", "Third quarter", "Most noise"]
    for (i, name) in names.enumerated() {
      chart.add(
        name, i + 1, smoothing: metrics[column: "loss_quarter_\(i + 1)"], showsAll: false)
    }
    return chart
  }

  /// The loss along the noise levels, as it was early and as it is now.
  private static func timesteps(_ table: MetricsTable) -> [Chart] {
    var chart = Chart(
      "loss-timesteps", "Loss by noise level", x: "noise, % of the levels drawn",
      y: "mean squared error", scale: .ratio,
      note: "Horizontal: percentile of the sampled noise level; 0 % is the least noise.")
    let bins = table.columns.map { table[column: $0] }
    guard let last = bins.compactMap(\.lastStep).max() else { return [] }
    let width = 100 / Double(max(1, bins.count))
    func curve(_ value: (ThinnedCurve) -> Double?) -> [Point] {
      bins.enumerated().compactMap { i, bin in
        value(bin).map { Point((Double(i) + 0.5) * width, $0) }
      }
    }
    let first = bins.compactMap { $0.pieces.first?.last }.min() ?? last
    if first < last {
      chart.add(
        "At step \(Axis.label(Double(first)))", 6, .line,
        curve { bin in
          bin.pieces.first.flatMap { $0.last == first ? $0.mean : nil }
        })
    }
    chart.add(
      "At step \(Axis.label(Double(last)))", 1, .line, curve { $0.mean(ofLast: 0.1) })
    return chart.curves.contains { $0.points.count > 2 } ? [chart] : []
  }

  private static let titles = [
    "sliced_wasserstein": "distance of samples (sliced Wasserstein)"
  ]

  /// Columns that say more than this page knows of, such as a quality of samples.
  private static func others(_ metrics: MetricsTable, _ name: String) -> [Chart] {
    let known: Set = [
      "images_seen", "loss", "validation_loss", "learning_rate", "gradient_norm", "skipped_steps",
    ]
    return metrics.columns.filter { !known.contains($0) && !$0.hasPrefix("loss_quarter_") }
      .filter { !metrics[column: $0].isEmpty }.prefix(8).enumerated().map { i, column in
        let title =
          Self.titles[column]
          ?? column.replacing("_", with: " ").trimmingCharacters(in: .whitespaces)
        var chart = Chart(
          "\(name)-\(i + 1)", title.prefix(1).uppercased() + title.dropFirst(), y: "", scale: .ratio
        )
        chart.add(title, 5, .points, metrics[column: column].points)
        return chart
      }
  }

  private static func speed(_ run: RunFacts) -> [Chart] {
    let performance = run.performance
    var rate = Chart("throughput", "Throughput", y: "images per second", scale: .fromZero)
    rate.add("Images per second", 3, .line, throughput(run))
    var waiting = Chart("waiting", "Waiting", y: "% of the session's time", scale: .fromZero)
    waiting.add("For data", 2, .line, performance[column: "waiting_for_data_percent"].points)
    waiting.add(
      "For other processes", 4, .line, performance[column: "waiting_for_processes_percent"].points)
    var memory = Chart("memory", "Memory", y: "most so far, MB", scale: .fromZero)
    memory.add("Memory", 1, .line, performance[column: "memory_megabytes"].points)
    return [rate, waiting, memory]
  }

  /// From row to row of the table, whose own figure is a mean since the session began.
  static func throughput(_ run: RunFacts) -> [Point] {
    let seconds = run.performance[column: "seconds"].pieces
    guard let settings = run.settings else {
      return run.performance[column: "images_per_second"].points
    }
    let images = Double(settings.batch) * Double(settings.accumulate)
    var before = (step: 0.0, time: 0.0)
    return seconds.compactMap { piece in
      let (steps, time) = (piece.middle - before.step, piece.mean - before.time)
      before = (piece.middle, piece.mean)
      return steps > 0 && time > 0 ? Point(piece.middle, images * steps / time) : nil
    }
  }
}
