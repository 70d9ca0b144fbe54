import Checkpoints
import Foundation
import PNGCodec
import Reports
import SystemPackage
import TestSupport
import Testing

/// Pages of runs, as they are built from what a run folder holds.
@Suite struct RunReportTests {
  private let folder: TemporaryFolder
  private var run: RunFolder { RunFolder(folder.path) }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: (folder / "checkpoints").string, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: (folder / name).string))
  }

  /// A table as a training of so many steps leaves it.
  private func writeMetrics(_ steps: Int, loss: (Int) -> Double, validation: (Int) -> Double) throws
  {
    var text = "step,images_seen,loss,validation_loss,learning_rate,gradient_norm,skipped_steps\n"
    for step in 1...steps {
      let measured = step % (steps / 20) == 0 ? "\(validation(step))" : ""
      text += "\(step),\(16 * step),\(loss(step)),\(measured),0.0002,1.5,0\n"
    }
    try write("metrics.csv", text)
  }

  @Test func `an empty run has a page that says so`() throws {
    let page = try RunReport(run).html
    #expect(page.contains("The run has not made a step yet."))
    #expect(!page.contains("<svg"))
  }

  @Test func `a long run has a small page`() throws {
    try writeMetrics(200_000) {
      1 / Double($0) + 0.1 * Double($0 % 7)
    } validation: {
      1 / Double($0)
    }
    let page = try RunReport(run).html
    #expect(page.utf8.count < 500_000)
    #expect(page.contains("<h3>Loss<span class=\"unit\">mean squared error</span></h3>"))
  }

  @Test func `a run that failed is not advised to go on`() throws {
    try writeMetrics(40, loss: { 1 / Double($0) }, validation: { 1 / Double($0) })
    try write(
      "log.txt",
      "2026-05-01T12:00:00Z new run in run\n2026-05-01T12:00:09Z failed: the loss is not finite\n")
    let page = try RunReport(run).html
    #expect(
      page.contains("The last session ended with an error at step 40: the loss is not finite"))
    #expect(!page.contains("let the run go on") && !page.contains("Continue the run"))
  }

  @Test func `a distillation is advised to go on by its own command`() throws {
    try writeMetrics(1000, loss: { 1 / Double($0) }, validation: { 1 / Double($0) })
    try write(
      "config.yaml",
      "preset: tiny\ndistillation:\n  teacher: ../run\n  fingerprint: ab\n  steps: 2\n  stage: 10\n"
    )
    let page = try RunReport(run).html
    #expect(page.contains("stipple distill ../run IMAGES -o "), "\(page)")
    #expect(!page.contains("stipple train"))
  }

  @Test func `a table of curves tells values where they were measured`() {
    let dense = (0..<300).map { Point(10 * Double($0) + 5, Double($0)) }
    let sparse = [500, 1000, 2000].map { Point($0, -$0) }
    var chart = Chart("a", "A", x: "step", y: "")
    chart.curves = [.init("dense", 1, .line, dense), .init("sparse", 2, .line, sparse)]
    let rows = chart.table(rows: 12).rows
    #expect(rows.filter { !$0[2].isEmpty }.count == 3, "\(rows)")
    #expect(rows.allSatisfy { !$0[1].isEmpty })
  }

  @Test func `a picture of many curves is higher, so that all are named in it`() {
    var chart = Chart("a", "A", x: "step", y: "")
    let points = [Point(0, 1), Point(10, 2)]
    chart.curves = [.init("one", 1, .line, points), .init("two", 2, .line, points)]
    #expect(chart.picture.height == 840)
    chart.curves = (1...12).map { .init("a run with a long name, \($0)", $0, .line, points) }
    let picture = chart.picture
    #expect(picture.width == 1440 && picture.height > 840 && picture.height < 1200)
    // Nothing is written over the right edge.
    let edge = (0..<picture.height).map {
      picture.pixels[($0 * picture.width + 1439) * picture.format.channels]
    }
    #expect(edge.allSatisfy { $0 == edge[0] })
  }

  @Test(arguments: ["is still falling", "has stopped falling", "has risen by"])
  func `the verdict follows the validation loss`(_ words: String) throws {
    try writeMetrics(1000, loss: { 1 / Double($0) }) { step in
      switch words {
      case "is still falling": 1 / Double(step)
      case "has stopped falling": 0.5
      default: 0.5 + abs(Double(step) - 400) / 1000
      }
    }
    #expect(try RunReport(run).html.contains("The validation loss \(words)"))
  }

  @Test func `nothing that a run folder says becomes markup`() throws {
    let evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    try write("metrics.csv", "step,loss,\(evil)\n1,0.5,1\n2,0.25,2\n")
    try write(
      "log.txt",
      "2026-05-01T12:00:00Z new run in \(evil)\n2026-05-01T12:00:00Z images from: \(evil)\n"
        + "2026-05-01T12:00:01Z left out: \(evil): broken PNG\n2026-05-01T12:00:02Z\u{0}\n")
    try write("config.yaml", "preset: \"\(evil.replacing("\"", with: ""))\"\n")
    let page = try RunReport(run).html
    #expect(page.contains("alert(1)"), "the texts are not there")
    // Those of the page itself, and data.
    #expect(page.components(separatedBy: "<script>").count == 2)
    #expect(page.components(separatedBy: "</script>").count == 2 + charts(page))
    #expect(!page.contains("<img"))
  }

  private func charts(_ page: String) -> Int {
    page.components(separatedBy: "<script type=\"application/json\">").count - 1
  }

  @Test func `all pictures together stay below the budget`() throws {
    var budget = PagePictures(budget: 60_000)
    var bytes = 0
    for seed in 0..<20 {
      let noise = PixelImage(
        width: 96, height: 96, format: .rgb,
        pixels: (0..<(96 * 96 * 3)).map {
          UInt8(truncatingIfNeeded: (($0 + seed) &* 0x2545_f491_4f6c_dd1d) >> 40)
        })
      if let image = budget.image(noise, alt: "\(seed)", most: 20_000) {
        bytes += image.markup.utf8.count
        #expect(image.markup.utf8.count < 20_000 * 4 / 3 + 300)
      }
    }
    #expect(bytes > 40_000 && bytes < 60_000 * 4 / 3 + 20 * 300)
  }

  @Test func `a folder without a run is refused`() throws {
    let empty = try TemporaryFolder()
    #expect(throws: RunError.notARun(empty.path, isThere: true)) {
      try RunReport(RunFolder(empty.path))
    }
    #expect(throws: RunError.notARun(empty / "nowhere", isThere: false)) {
      try RunReport(RunFolder(empty / "nowhere"))
    }
  }

  @Test func `the verdict says whether the distance of samples still falls`() throws {
    func page(_ distances: [Double]) throws -> String {
      try writeMetrics(100, loss: { _ in 1 }, validation: { $0 < 40 ? 1 - Double($0) / 100 : 0.6 })
      let rows = distances.enumerated().map { "\(10 * ($0.offset + 1)),\($0.element)\n" }
      try write("quality.csv", "step,sliced_wasserstein\n" + rows.joined())
      return try RunReport(run).html
    }
    let falling = try page([90, 80, 70, 60, 50, 45, 40, 36, 33, 30])
    #expect(
      falling.contains(
        "The validation loss has stopped falling, but the distance of samples to real images still falls, by"
      ))
    #expect(falling.contains("Distance of samples (sliced Wasserstein)"))
    let level = try page([90, 50, 41, 40, 40, 40, 41, 40, 40.1, 40])
    #expect(
      level.contains("Neither the validation loss nor the distance of samples to real images falls")
    )
    let few = try page([90, 50])
    #expect(
      few.contains("The validation loss has stopped falling: the images may still become better"))
  }
}
