import ArgumentParser
import Stipple
import SystemPackage

/// `stipple report`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show training runs as an HTML page.",
    usage: "stipple report RUN... [-o FILE.html] [options]",
    discussion: """
      One HTML file with the run's curves, samples, settings and events, and what to
      do next. It is self-contained and smaller than 3 MB.
      `stipple train` writes it to RUN/report.html at checkpoints.

      Several runs are shown beside each other, in report.html of the current folder
      unless -o says otherwise.
      """)

  @Argument(help: .text("Run folders.", "RUN"))
  var runs: [FilePath]

  @Option(
    name: .shortAndLong,
    help: .text("HTML file to write.", "FILE", default: "report.html in the run folder"))
  var output: FilePath?

  @OptionGroup(title: "Output") var figures: FigureOptions
  @OptionGroup(title: "Output") var writing: OutputOptions

  /// The charts as files of their own.
  struct FigureOptions: ParsableArguments {
    @Option(help: .text("Also write each chart as SVG into this folder.", "FOLDER"))
    var svg: FilePath?

    @Option(help: .text("Also write each chart as PNG into this folder.", "FOLDER"))
    var png: FilePath?
  }

  func validate() throws {
    for folder in [figures.svg, figures.png].compactMap(\.self) {
      try checkFolder(folder, of: "charts are written")
    }
  }

  func run() throws {
    let folders = runs.map { RunFolder($0) }
    let one = folders.count == 1 ? try RunReport(folders[0]) : nil
    let several = one == nil ? try ComparedRuns(folders) : nil
    let path = output ?? one.map { _ in folders[0].report } ?? "report.html"
    let charts = one.map { ChartFiles($0) } ?? several.map { ChartFiles($0) }
    var gate = OutputGate(overwriting: writing.overwrite, others: runs.map { $0 })
    gate.add("-o", path, .page)
    gate.add("--svg", figures.svg, .folder)
    // Both may go into one folder.
    if figures.png != figures.svg { gate.add("--png", figures.png, .folder) }
    for name in charts?.names ?? [] {
      gate.add(
        "--png", figures.png?.appending(name + ".png"), .picture(by: "report"), isPart: true)
      gate.add("--svg", figures.svg?.appending(name + ".svg"), .chart, isPart: true)
    }
    try gate.check()
    let bytes = try one?.write(to: path) ?? several?.write(to: path) ?? 0
    Console.note("report: \(path)")
    let writers: [(FilePath?, (ChartFiles, FilePath) throws -> Void)] = [
      (figures.svg, { try $0.writeSVG(to: $1) }), (figures.png, { try $0.writePNG(to: $1) }),
    ]
    for (folder, write) in writers {
      guard let folder, let charts else { continue }
      try write(charts, folder)
      Console.note("\(counted(charts.names.count, "chart")) written to \(folder)")
    }
    if writing.json {
      try Console.result(
        Result(report: .init(path: path.string, bytes: bytes, runs: runs.map(\.string))))
    }
  }

  private struct Result: Encodable {
    struct Report: Encodable {
      let path: String
      let bytes: Int
      let runs: [String]
    }

    let report: Report
  }
}
