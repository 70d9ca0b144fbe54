internal import Checkpoints
internal import Images
internal import PNGCodec
internal import Reports
public import SystemPackage
internal import Text

extension GenerationJob {
  /// Writes a page that shows the images: how they were made, what they look like, and how their brightness
  /// and their contrast are spread.
  ///
  /// - Parameter outcome: what the job has made.
  public func writeReport(of outcome: BatchOutcome, by generator: Generator, to path: FilePath)
    throws
  {
    var page = PageBuilder("Generated images", title: output.lastComponent?.string ?? output.string)
    page.subtitle = [output.string]
    page.figures = [
      .init(
        "Images", Readable.grouped(outcome.written + outcome.skipped), "\(outcome.written) new"),
      .init("Step of the model", Readable.grouped(generator.model.step)),
      .init("NFE", "\(generator.evaluations)", "for each image"),
    ]
    // Of very many some, spread evenly.
    let chosen = evenlySpread(Self.mostShown, of: indices.count).map { indices[$0] }
    var pictures = PagePictures()
    var figures: [HTML] = []
    var statistics: [(index: Int, mean: Double, deviation: Double)] = []
    for index in chosen {
      guard let image = try? PNGReader.read(self.path(of: index)) else { continue }
      statistics.append((index, image.meanLevel, image.deviation))
      let name = self.path(of: index).lastComponent?.string ?? ""
      let most = PagePictures.budget / chosen.count
      guard let html = pictures.image(image.fitted(in: 256), alt: "Image \(index)", most: most)
      else {
        continue
      }
      figures.append(.tag("figure", ["class": "picture"], .tag("figcaption", HTML(name)), html))
    }
    if chosen.count < indices.count {
      page.verdict = ["\(chosen.count) of \(indices.count) images are shown, spread evenly."]
    }
    page.add(
      "images", "Images",
      figures.isEmpty ? nil : .tag("div", ["class": "pictures small"], figures))
    page.add(
      "distribution", "Distributions",
      PageBuilder.charts([
        .distribution(
          "brightness", "Brightness", x: "mean level, 0 to 255", of: "images",
          [("Images", statistics.map(\.mean))]),
        .distribution(
          "contrast", "Contrast", x: "standard deviation of levels", of: "images",
          [("Images", statistics.map(\.deviation))],
          note: "Little contrast is a sign of a model that was trained for too short a time."),
      ]))
    let facts = generator.facts.map { ($0.0, $0.1) }
    page.add("settings", "Settings", PageBuilder.pairs("How the images were made", facts))
    page.add("failures", "Failures", PageBuilder.lines(outcome.failures))
    try page.page.write(to: path)
  }

  private static let mostShown = 120
}

extension PixelImage {
  /// The mean of all samples but alpha's.
  fileprivate var meanLevel: Double {
    let (sum, count) = colors.reduce((0, 0)) { ($0.0 + Int($1), $0.1 + 1) }
    return Double(sum) / Double(max(1, count))
  }

  /// The standard deviation of the same.
  fileprivate var deviation: Double {
    let mean = meanLevel
    let (sum, count) = colors.reduce((0.0, 0)) { result, level in
      (result.0 + (Double(level) - mean) * (Double(level) - mean), result.1 + 1)
    }
    return (sum / Double(max(1, count))).squareRoot()
  }

  private var colors: [UInt8] {
    guard format.hasAlpha else { return pixels }
    return pixels.enumerated().filter { $0.offset % channels != channels - 1 }.map(\.element)
  }
}
