internal import Checkpoints
import Foundation
internal import Images
internal import PNGCodec
internal import SystemPackage
internal import Text

/// The pictures of a run in its page, which share its budget of bytes.
struct RunPictures {
  private let run: RunFacts
  private var budget = PagePictures()

  /// How many steps the slider of samples has at most.
  private static let slides = 10
  /// Bytes of one of them.
  private static let slideBytes = 95_000

  init(_ run: RunFacts) { self.run = run }

  private var cell: ImageSize? { run.settings?.size ?? run.configuration?.size }

  /// The pictures of samples, the last one last, in a box that the script makes a slider of.
  mutating func samples() -> HTML? {
    var figures: [HTML] = []
    for sample in Self.spread(run.samples, Self.slides) {
      guard let picture = try? PNGReader.read(sample.path) else { continue }
      let label = "Step \(Readable.grouped(sample.step))"
      let what = run.isDenoiser ? "clean, noisy and denoised images" : "samples"
      guard
        let image = budget.image(
          part(of: picture), alt: "\(label): \(what)", most: Self.slideBytes, isSharp: true)
      else { continue }
      figures.append(
        .tag(
          "figure", ["class": "picture", "data-label": label], .tag("figcaption", HTML(label)),
          image)
      )
    }
    return figures.isEmpty ? nil : .tag("div", ["class": "pictures slides"], figures)
  }

  /// As many of a picture's images as a thumbnail shows well.
  private func part(of picture: PixelImage) -> PixelImage {
    guard let cell, let sheet = SheetPicture(picture, cell: cell), !sheet.cells.isEmpty else {
      return picture
    }
    // Rows of samples; of a denoiser both groups of three beside each other.
    let columns = run.isDenoiser ? sheet.columns : min(sheet.columns, 4)
    let most = run.isDenoiser ? 12 : max(4, min(16, 70_000 / max(1, cell.width * cell.height)))
    let places = sheet.cells.indices.filter { $0 % sheet.columns < columns }
    let count = max(columns, min(most, places.count) / columns * columns)
    return ImageGrid.arrange(places.prefix(count).map { sheet.cells[$0] }, columns: columns)
  }

  /// The first, the last, and between them the more the earlier, since most changes early.
  private static func spread(
    _ all: [(step: Int, path: FilePath)], _ most: Int
  ) -> [(step: Int, path: FilePath)] {
    guard all.count > most, let last = all.last, let first = all.first else { return all }
    var chosen: [Int] = []
    let ratio = Double(last.step) / Double(max(1, first.step))
    for i in 0..<most {
      let wanted = Double(first.step) * pow(ratio, Double(i) / Double(most - 1))
      let next = (chosen.last ?? -1) + 1
      let latest = all.count - (most - i)
      let nearest = all.indices.min {
        abs(Double(all[$0].step) - wanted) < abs(Double(all[$1].step) - wanted)
      }
      chosen.append(min(max(nearest ?? next, next), latest))
    }
    return chosen.map { all[$0] }
  }

  /// Images that are trained on, as the run has drawn them when it began.
  mutating func examples() -> HTML? {
    guard let picture = try? PNGReader.read(run.folder.examples),
      let image = budget.image(
        picture, alt: "Examples of the training images, as the network sees them", most: 240_000)
    else { return nil }
    return .tag(
      "figure", ["class": "picture wide"],
      .tag("figcaption", "Training images, as the network sees them"), image)
  }

  /// The samples that are nearest to training images, beside these, and what their distances say.
  mutating func nearest() -> HTML? {
    guard let picture = try? PNGReader.read(run.folder.nearest),
      let provenance = try? Provenance(of: run.folder.nearest),
      let step = provenance.value(of: "step").flatMap({ Int($0) }),
      let image = budget.image(
        picture, alt: "Pairs of a sample and the training image nearest to it", most: 150_000,
        isSharp: true)
    else { return nil }
    let pairs = provenance.value(of: "pairs") ?? ""
    let caption =
      "Step \(Readable.grouped(step)): the \(pairs) samples that are nearest to a training image, "
      + "each to the left of that image"
    let of = provenance.value(of: "of").flatMap { Int($0) }.map { Readable.grouped($0) } ?? ""
    return HTML([
      .tag("p", HTML(Self.copying(provenance.value(of: "copies").flatMap { Double($0) }))),
      .tag("figure", ["class": "picture wide"], .tag("figcaption", HTML(caption)), image),
      .tag(
        "p", ["class": "note"],
        HTML("Of \(of) training images, compared on thumbnails of at most 16 x 16 pixels.")),
    ])
  }

  private static func copying(_ percent: Double?) -> String {
    guard let percent else {
      return
        "Fewer than 20 images are held out, too few to say how near is too near: look whether the pairs are "
        + "the same images."
    }
    let share =
      "\(Int(percent.rounded())) % of the samples are closer to a training image than 95 % of the validation "
      + "images are (5 % expected by chance)"
    switch percent {
    case ..<15: return share + ": no sign of copying."
    case ..<50: return share + ": some are near copies; more images or augmentation help."
    default:
      return share
        + ": the model has learned its images by heart; use an earlier checkpoint, more images or "
        + "augmentation."
    }
  }

  /// The last picture of a denoiser, taken apart: noisy, denoised and clean images, and how good they are.
  mutating func denoised() -> (split: HTML, chart: Chart)? {
    guard run.isDenoiser, let last = run.samples.last, let cell,
      let picture = try? PNGReader.read(last.path),
      let sheet = SheetPicture(picture, cell: cell), sheet.columns % 3 == 0
    else { return nil }
    // A row that could not be read leaves white places at the end.
    let cells = sheet.cells
    let count = Self.count(of: last.path).map { 3 * $0 } ?? cells.count
    let firsts = stride(from: 0, to: min(count, cells.count) - 2, by: 3)
    let triples = firsts.map { first in
      (clean: cells[first], noisy: cells[first + 1], denoised: cells[first + 2])
    }
    guard !triples.isEmpty else { return nil }
    let columns = min(4, triples.count)
    let shown = triples.prefix(cell.width * cell.height > 128 * 128 ? 4 : 8)
    var figures: [HTML] = []
    for (label, images) in [
      ("Noisy", shown.map(\.noisy)), ("Denoised", shown.map(\.denoised)),
      ("Clean", shown.map(\.clean)),
    ] {
      let grid = ImageGrid.arrange(images, columns: columns)
      guard
        let image = budget.image(
          grid, alt: "\(label) images at step \(last.step)", most: 210_000, isSharp: true)
      else { continue }
      figures.append(
        .tag(
          "figure", ["class": "picture", "data-label": label], .tag("figcaption", HTML(label)),
          image)
      )
    }
    return (.tag("div", ["class": "split"], figures), Self.quality(triples, step: last.step))
  }

  /// How many groups of three a picture has, as it says itself.
  private static func count(of path: FilePath) -> Int? {
    (try? Provenance(of: path))?.value(of: "images").flatMap { Int($0) }
  }

  /// PSNR before and after, by the noise that there was.
  private static func quality(
    _ triples: [(clean: PixelImage, noisy: PixelImage, denoised: PixelImage)], step: Int
  ) -> Chart {
    var chart = Chart(
      "psnr", "PSNR by noise", x: "noise, gray levels", y: "dB",
      note:
        "Of the \(counted(triples.count, "image")) above at step \(Readable.grouped(step)), one each; "
        + "the noise is the root mean square difference from the clean image.")
    func decibels(_ error: Double) -> Double { 20 * log10(255 / max(error, 0.05)) }
    let rows = triples.map { triple in
      (
        sigma: triple.noisy.rootMeanSquareError(from: triple.clean),
        psnr: decibels(triple.denoised.rootMeanSquareError(from: triple.clean))
      )
    }.sorted { $0.sigma < $1.sigma }
    chart.add("Denoised", 1, .points, rows.map { Point($0.sigma, $0.psnr) })
    chart.add("Noisy", 2, .points, rows.map { Point($0.sigma, decibels($0.sigma)) })
    return chart
  }
}
