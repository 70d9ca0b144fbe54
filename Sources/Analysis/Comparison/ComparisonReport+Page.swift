internal import Files
import Foundation
internal import Reports
public import SystemPackage
internal import Text

extension ComparisonReport {
  /// Writes a page of the figures, with the ten images of A that are nearest to one of B, which may be copies.
  ///
  /// - Parameters:
  ///   - a: the images to judge.
  ///   - b: the reference.
  public func writePage(of a: FilePath?, and b: FilePath?, to path: FilePath) throws {
    var page = PageBuilder(
      "Comparison",
      title: [a, b].compactMap { $0?.lastComponent?.string }.joined(separator: " and "))
    page.subtitle = [a, b].compactMap { $0?.string }
    if let images {
      page.figures = [
        .init(
          "Images", "\(Readable.grouped(images.imagesA)) and \(Readable.grouped(images.imagesB))"),
        .init("Size", "\(images.width) x \(images.height)"),
      ]
      if let distance = images.meanSlicedWasserstein {
        page.figures.append(.init("SWD", Readable.norm(distance), "x 1000"))
      }
      if let pixels = images.pixelGaussians {
        page.figures.append(.init("Frechet", Readable.norm(pixels.distance), "of pixels"))
      }
      for row in images.precisionRecall?.rows ?? [] {
        page.figures.append(.init(row.name.capitalized, Readable.share(row.value), "of pixels"))
      }
      page.verdict = [verdict(images)].compactMap(\.self)
      var pictures = PagePictures()
      page.add("nearest", "The ten nearest pairs", nearest(images, a, b, &pictures))
      page.add(
        "distances", "Distances",
        PageBuilder.charts([
          .distribution(
            "neighbors", "Distance to the nearest image of B", x: "gray levels", of: "images of A",
            [("Images of A", images.neighbors.map(\.distance))],
            note: images.withinB.map {
              "Images of B are \(Readable.norm($0.median)) from their own nearest in the median, "
                + "5 % of them less than \(Readable.norm($0.fivePercent))."
            })
        ]))
    }
    if let features {
      page.figures += [
        .init("FID", Readable.norm(features.frechetDistance)),
        .init("KID", Readable.norm(1000 * features.kernelDistance), "x 1000"),
      ]
    }
    page.add("figures", "All figures", HTML.tag("pre", HTML.joined(lines)))
    page.add("failures", "Failures", PageBuilder.lines(images?.failures ?? []))
    try page.page.write(to: path)
  }

  /// Whether A copies B, as far as pixels tell.
  private func verdict(_ images: Comparison) -> String? {
    guard let nearer = images.nearerThanUsual else { return nil }
    let part = 100 * Double(nearer) / Double(max(1, images.imagesA))
    let share =
      "\(nearer) of \(images.imagesA) images of A (\(Readable.number(part)) %) are nearer to "
    return share + "an image of B than 95 % of B's own are to another, where 5 % are expected: "
      + (part > 15
        ? "look at the pairs below, some may be copies." : "nothing points to copies.")
  }

  private func nearest(
    _ images: Comparison, _ a: FilePath?, _ b: FilePath?, _ pictures: inout PagePictures
  ) -> HTML? {
    guard let a, let b else { return nil }
    func file(_ name: String, in folder: FilePath) -> FilePath {
      Folders.isFolder(folder) ? folder.pushing(FilePath(name)) : folder
    }
    let figures: [HTML] = images.neighbors.sorted { $0.distance < $1.distance }.prefix(10).map {
      pair in
      let shown = [
        pictures.thumbnail(
          file(pair.image, in: a), alt: "A: \(pair.image)", side: 256, most: 80_000),
        pictures.thumbnail(
          file(pair.nearest, in: b), alt: "B: \(pair.nearest)", side: 256, most: 80_000),
      ].compactMap(\.self)
      let words = "\(pair.image) · \(pair.nearest) · distance \(Readable.norm(pair.distance))"
      return .tag(
        "figure", ["class": "picture pair"], .tag("figcaption", HTML(words)), .tag("div", shown))
    }
    return figures.isEmpty ? nil : .tag("div", ["class": "pictures pairs-of-pictures"], figures)
  }
}
