internal import Checkpoints
import Foundation
internal import SystemPackage
internal import Text

/// The page of a run.
struct RunPage {
  let run: RunFacts

  init(_ run: RunFacts) { self.run = run }

  var page: Page {
    let curves = RunCurves(run)
    var pictures = RunPictures(run)
    // In the order in which they have room.
    let denoised = pictures.denoised()
    let samples = pictures.samples()
    let nearest = pictures.nearest()
    let examples = pictures.examples()
    let verdict = Verdict(run)
    var page = PageBuilder("Training run", title: run.name)
    let place = run.folder.path.string
    let times = run.log.times.map { "\(Self.time($0.first)) to \(Self.time($0.last))" }
    page.subtitle = [place == run.name ? nil : place, times].compactMap(\.self)
    page.verdict = verdict.sentences
    page.advice = verdict.advice
    page.figures = figures
    page.add("curves", "Training", PageBuilder.charts(curves.training))
    page.add(
      "denoising", "Denoising", denoised?.split, denoised.flatMap { PageBuilder.charts([$0.chart]) }
    )
    page.add("samples", run.isDenoiser ? "Along the run" : "Samples", samples)
    page.add("nearest", "Nearest training images", nearest)
    page.add("noise", "Loss by noise", PageBuilder.charts(curves.noise))
    let survey = Self.folded(run.log.survey).map(Self.withFlags)
    let warnings = survey.filter { $0.hasPrefix(RunLog.warning) }.map { "W" + $0.dropFirst() }
    page.add(
      "data", "Data", PageBuilder.lines(warnings, class: "facts warnings"),
      PageBuilder.lines(survey.filter { !$0.hasPrefix(RunLog.warning) }), examples)
    page.add("speed", "Speed and memory", PageBuilder.charts(curves.speed))
    page.add("checkpoints", "Checkpoints", checkpoints)
    page.add("settings", "Settings and origin", settings)
    page.add("events", "Events", events)
    page.notes = [
      "The numbers are in metrics.csv, performance.csv and timesteps.csv, all messages in log.txt."
    ]
    if !curves.training.isEmpty {
      page.notes.append(
        "Drag over a chart to zoom; with the keyboard, use the arrow keys, plus, minus and Escape.")
    }
    return page.page
  }

  /// The numbers that are asked for first.
  private var figures: [PageBuilder.Figure] {
    var all: [PageBuilder.Figure] = []
    if run.step > 0 {
      let last = run.settings?.lastStep.map { "of \(Readable.grouped($0))" } ?? ""
      all.append(.init("Step", Readable.grouped(run.step), last))
    }
    if let loss = run.metrics[column: "loss"].mean(ofLast: 0.02) {
      all.append(.init("Training loss", Readable.number(loss), "last 2 %"))
    }
    let measured = run.validationLoss
    if let last = measured.pieces.last,
      let best = measured.pieces.min(by: { $0.mean < $1.mean })
    {
      let more = best == last ? "lowest so far" : "lowest \(Readable.number(best.mean))"
      all.append(.init("Validation loss", Readable.number(last.mean), more))
    }
    if let rate = RunCurves.throughput(run).last {
      all.append(.init("Throughput", Readable.number(rate.y), "images/s"))
    }
    if let seconds = run.seconds {
      let sessions = run.log.resumes
      all.append(
        .init(
          "Training time", durationInWords(seconds), sessions > 0 ? "\(sessions + 1) sessions" : "")
      )
    }
    if let seen = run.metrics.last("images_seen") {
      let epochs = run.state.map { seen / Double(max(1, $0.trainingImages)) }
      all.append(
        .init(
          "Images seen", Int(exactly: seen.rounded()).map(Readable.count) ?? "\(seen)",
          epochs.map { "\(Readable.number($0)) epochs" } ?? ""))
    }
    return all
  }

  private var events: HTML? {
    let all = run.log.events
    if all.isEmpty { return nil }
    let most = 300
    let shown = all.count <= most ? all : Array(all.prefix(50) + all.suffix(most - 50))
    let skipped = all.count - shown.count
    let list = HTML.tag(
      "ul", ["class": "log"],
      shown.map { line in
        .tag(
          "li",
          .tag("time", ["class": "when", "datetime": line.time], HTML(Self.time(line.time))),
          .tag("span", ["class": RunLog.isTrouble(line.text) ? "bad" : nil], HTML(line.text)))
      })
    return skipped == 0
      ? list
      : HTML([
        list, .tag("p", ["class": "note"], "\(skipped) more between them are in log.txt."),
      ])
  }

  private var settings: HTML? {
    var parts: [HTML?] = []
    if let settings = run.settings {
      let usual = TrainingSettings(preset: settings.preset)
      let all = TrainingSettings.CodingKeys.allCases.compactMap { key in
        key.setting.words(settings).map {
          // The preset is what the others are defaults of.
          (key.rawValue, $0, key != .preset && $0 == key.setting.words(usual))
        }
      }.filter { !$0.1.isEmpty }
      for (title, isUsual) in [
        ("Settings that were given or chosen for the images", false),
        ("Defaults of the preset and recipe", true),
      ] {
        parts.append(
          PageBuilder.pairs(title, all.filter { $0.2 == isUsual }.map { ($0.0, $0.1) }))
      }
    }
    if let header = run.header {
      parts.append(
        PageBuilder.pairs(
          "Origin of the last checkpoint",
          [
            ("Made by", header.creator), ("Step", Readable.grouped(header.step)),
            ("Written", Self.time(header.created)), ("Processor", header.cpu),
            ("CPU threads", "\(header.threads)"), ("oneDNN", header.oneDNNVersion),
          ]))
    }
    let shown = parts.compactMap(\.self)
    return shown.isEmpty ? nil : HTML(shown)
  }

  private var checkpoints: HTML? {
    if run.checkpoints.isEmpty { return nil }
    let best = run.state?.best?.step
    let losses = run.validationLoss.pieces
    let rows: [[Table.Cell]] = run.checkpoints.suffix(20).map { checkpoint in
      let loss = losses.first { $0.first <= checkpoint.step && checkpoint.step <= $0.last }
      let words =
        loss.map { Readable.number($0.mean) + (best == checkpoint.step ? " (lowest)" : "") } ?? ""
      return [
        .text(RunFolder.name(checkpoint.step)), .text(words),
        .text(Readable.bytes(checkpoint.bytes)),
      ]
    }
    return .tag(
      "div", ["class": "narrow"],
      Table(["File", "Validation loss", "Size"], rows: rows, numbersFrom: 1).html)
  }

  /// The lines with a list behind "settings:" as one line.
  private static func folded(_ lines: [String]) -> [String] {
    lines.reduce(into: []) { folded, line in
      guard line.hasPrefix("  "), let last = folded.last, last.hasPrefix("settings:") else {
        return folded.append(line)
      }
      let words = line.split(separator: " ").joined(separator: " ")
      folded[folded.count - 1] = last + (last.hasSuffix(":") ? " " : ", ") + words
    }
  }

  /// A line of the log with options for the settings that it has in backquotes.
  private static func withFlags(_ line: String) -> String {
    let parts = line.split(separator: "`", omittingEmptySubsequences: false)
    return parts.count % 2 == 0
      ? line
      : parts.enumerated().map { $0.offset % 2 == 1 ? "--\($0.element)" : $0.element }.joined()
  }

  /// "2026-05-01 12:00" of "2026-05-01T12:00:00Z".
  static func time(_ stamp: String) -> String {
    let parts = stamp.split(separator: "T")
    guard parts.count == 2 else { return stamp }
    return "\(parts[0]) \(parts[1].prefix(5))"
  }
}
