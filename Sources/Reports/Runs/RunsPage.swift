internal import Checkpoints
import Foundation
internal import Images
internal import PNGCodec
internal import SystemPackage
internal import Text

/// A page of several runs beside each other.
struct RunsPage {
  private let runs: [(name: String, run: RunFacts)]

  init(_ runs: [RunFacts]) {
    let names = runs.map(\.name)
    // Two folders of one name are told apart by their paths.
    self.runs = runs.map { run in
      (names.count { $0 == run.name } > 1 ? run.folder.path.string : run.name, run)
    }
  }

  var page: Page {
    var page = PageBuilder("Training runs", title: runs.map(\.name).joined(separator: ", "))
    page.verdict = verdict
    page.add("runs", "Runs", table)
    page.add("curves", "Training", PageBuilder.charts(charts))
    page.add("samples", "Last samples", samples)
    page.add("settings", "Settings that differ", differences)
    return page.page
  }

  /// Which run is the best, as far as the validation loss tells.
  private var verdict: [String] {
    let measured = runs.compactMap { name, run in
      run.validationLoss.pieces.map(\.least).min().map { (name, $0) }
    }
    guard measured.count > 1, let best = measured.min(by: { $0.1 < $1.1 }) else { return [] }
    return [
      "\(best.0) has the lowest validation loss, \(Readable.number(best.1)).",
      "Losses are comparable only between runs on the same images with the same objective, schedule and "
        + "loss weighting.",
    ]
  }

  private var table: HTML {
    let rows: [[Table.Cell]] = runs.map { name, run in
      let measured = run.validationLoss
      let loss = run.metrics[column: "loss"].mean(ofLast: 0.02)
      let figures: [Double?] = [
        loss, measured.pieces.last?.mean, measured.pieces.map(\.least).min(),
        RunCurves.throughput(run).last?.y,
      ]
      let words: [String] =
        [name, Readable.grouped(run.step), run.isFinished ? "yes" : "no"]
        + figures.map { $0.map(Readable.number) ?? "" } + [run.seconds.map(durationInWords) ?? ""]
      return words.map { .text($0) }
    }
    return Table(
      [
        "Run", "Step", "Finished", "Training loss", "Validation loss", "Lowest", "Images/s",
        "Training time",
      ], rows: rows, numbersFrom: 1
    ).html
  }

  var charts: [Chart] {
    func chart(
      _ name: String, _ title: String, _ unit: String, _ scale: Chart.Scale,
      _ style: Chart.Curve.Style = .line, _ points: (RunFacts) -> [Point]
    ) -> Chart {
      var chart = Chart(name, title, y: unit, scale: scale)
      for (i, run) in runs.enumerated() {
        chart.add(run.name, i % 6 + 1, style, points(run.run))
      }
      return chart
    }
    return [
      chart("loss", "Training loss, smoothed", "mean squared error", .ratio) {
        $0.metrics[column: "loss"].smoothed
      },
      chart("validation", "Validation loss", "mean squared error", .ratio, .points) {
        $0.validationLoss.points
      },
      chart("gradient-norm", "Gradient norm, smoothed", "before clipping", .ratio) {
        $0.metrics[column: "gradient_norm"].smoothed
      },
      chart("throughput", "Throughput", "images per second", .fromZero) {
        RunCurves.throughput($0)
      },
    ].filter { !$0.isEmpty }
  }

  private var samples: HTML? {
    var budget = PagePictures()
    let each = min(250_000, PagePictures.budget / max(1, runs.count))
    let figures: [HTML] = runs.compactMap { name, run in
      guard let last = run.samples.last, let picture = try? PNGReader.read(last.path),
        let image = budget.image(
          picture, alt: "Samples of \(name) at step \(last.step)", most: each)
      else { return nil }
      return .tag(
        "figure", ["class": "picture"],
        .tag("figcaption", HTML("\(name), step \(Readable.grouped(last.step))")), image)
    }
    return figures.isEmpty ? nil : .tag("div", ["class": "pictures"], figures)
  }

  private var differences: HTML {
    let rows: [[Table.Cell]] = TrainingSettings.CodingKeys.allCases.compactMap { key in
      let values = runs.map { $0.run.settings.flatMap(key.setting.words) ?? "" }
      return Set(values).count < 2 ? nil : [.text(key.rawValue)] + values.map { .text($0) }
    }
    return rows.isEmpty
      ? .tag("p", "All settings are the same.")
      : Table(["Setting"] + runs.map(\.name), rows: rows).html
  }
}
