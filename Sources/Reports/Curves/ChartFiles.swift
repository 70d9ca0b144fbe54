public import Checkpoints
internal import Files
internal import PNGCodec
public import SystemPackage

/// The curves of runs as files of their own, one for each chart, such as `loss.svg`.
public struct ChartFiles: Sendable {
  private let charts: [Chart]

  /// The charts of a run.
  public init(_ report: RunReport) { charts = RunCurves(report.run).all.filter { !$0.isEmpty } }

  /// The charts of several runs.
  public init(_ runs: ComparedRuns) { charts = runs.charts }

  /// The names of the files, without a suffix.
  public var names: [String] { charts.map(\.name) }

  /// Writes them as SVG.
  public func writeSVG(to folder: FilePath) throws {
    try Folders.make(folder)
    for chart in charts {
      try AtomicFile.write(
        Array(chart.file(creator: Machine.creator).utf8), to: folder.appending(chart.name + ".svg"))
    }
  }
}

extension ChartFiles {
  /// Writes them as PNG, 1,440 x 840 pixels.
  public func writePNG(to folder: FilePath) throws {
    try Folders.make(folder)
    for chart in charts {
      let provenance = Provenance("report", [("chart", chart.name)])
      try PNGWriter.write(
        chart.picture,
        text: provenance.chunks + [PNGText("Description", chart.description)],
        to: folder.appending(chart.name + ".png"))
    }
  }
}

extension OutputKind {
  /// A chart in a file of its own.
  public static let chart = text("a chart by stipple", suffix: "svg", Chart.beginning)
}
