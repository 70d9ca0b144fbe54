public import Checkpoints
internal import Reports
public import SystemPackage
internal import Text

extension Evaluation {
  /// Writes a page of the figures: the bound and its terms, and both curves by timestep.
  public func writeReport(of model: DiffusionModel, to path: FilePath) throws {
    var page = PageBuilder(
      "Evaluation", title: model.file?.lastComponent?.string ?? "Model after step \(model.step)")
    page.subtitle = [model.file?.string].compactMap(\.self)
    func words(_ estimate: Estimate) -> String { Readable.number(estimate.mean) }
    func error(_ estimate: Estimate) -> String {
      estimate.standardError.map { "± \(Readable.number($0))" } ?? ""
    }
    page.figures = [
      .init("Bound", words(bound), "bits/dim \(error(bound))"),
      .init("Loss", words(loss), error(loss)),
      .init("Images", Readable.grouped(images), failures.isEmpty ? "" : "\(failures.count) failed"),
      .init("Step of the model", Readable.grouped(model.step)),
    ]
    page.verdict = [
      "The model needs at most \(words(bound)) bits for a channel of a pixel of these images."
    ]
    func curve(
      _ name: String, _ title: String, _ unit: String, _ value: (Row) -> Estimate
    ) -> Chart {
      var chart = Chart(name, title, x: "timestep", y: unit, scale: .ratio)
      chart.add(
        title, 1, .line,
        rows.map { Point(Double($0.first + $0.last) / 2, value($0).mean) }.filter { $0.y.isFinite })
      return chart
    }
    page.add(
      "curves", "By timestep",
      PageBuilder.charts([
        curve("loss", "Loss", "mean squared error") { $0.loss },
        curve("bound", "Term of the bound", "bits/dim of one timestep") { $0.bits },
      ]))
    let terms = [
      ("L_T (prior)", prior), ("L_1 to L_T-1 (denoising)", denoising), ("L_0 (decoder)", decoder),
      ("Bound", bound),
    ]
    page.add(
      "terms", "Terms of the bound",
      .tag(
        "div", ["class": "narrow"],
        Table(
          ["Term", "Bits/dim", "Standard error"],
          rows: terms.map { name, part in
            [
              .text(name), .text(words(part)),
              .text(part.standardError.map(Readable.number) ?? ""),
            ]
          }, numbersFrom: 1
        ).html))
    page.add("failures", "Failures", PageBuilder.lines(failures))
    try page.page.write(to: path)
  }
}
