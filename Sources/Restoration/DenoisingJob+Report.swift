internal import Checkpoints
internal import Images
internal import PNGCodec
internal import Reports
public import Sampling
public import SystemPackage
internal import Text

extension DenoisingJob {
  /// Writes a page that shows what was done to the images: the noise that was found, and how good the results
  /// are where that was measured; the ten worst first.
  ///
  /// - Parameters:
  ///   - outcome: what the job has made.
  ///   - quality: nil where nothing was measured.
  public func writeReport(
    of outcome: BatchOutcome, _ quality: QualityTable? = nil, by denoiser: Denoiser,
    to path: FilePath
  ) throws {
    var page = PageBuilder("Denoised images", title: output.lastComponent?.string ?? output.string)
    page.subtitle = [output.string]
    let found = outcome.noise.compactMap(\.estimate)
    page.figures = [
      .init("Images", Readable.grouped(outcome.files.count), "\(outcome.written) new")
    ]
    if let mean = quality?.mean {
      page.figures += [
        .init(
          "PSNR", mean.psnr.map { Readable.number($0) } ?? "infinite",
          "dB, mean; noisy \(mean.noisyPSNR.map { Readable.number($0) } ?? "infinite")"),
        .init("SSIM", Readable.number(mean.ssim), "mean; noisy \(Readable.number(mean.noisySSIM))"),
      ]
    }
    if !outcome.failures.isEmpty {
      page.figures.append(.init("Failed", "\(outcome.failures.count)"))
    }
    page.verdict = [NoiseSummary(found)?.description, quality?.mean?.note].compactMap(\.self)
      .map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
    var pictures = PagePictures()
    page.add(
      "worst", quality == nil ? "The ten noisiest" : "The ten with the lowest PSNR",
      worst(outcome, quality, &pictures))
    page.add("distribution", "Distributions", PageBuilder.charts(charts(outcome, quality)))
    page.add("images", "All images", all(outcome, quality))
    page.add(
      "settings", "Settings", PageBuilder.pairs("How the images were denoised", settings(denoiser)))
    page.add(
      "failures", "Failures", PageBuilder.lines(outcome.failures + (quality?.failures ?? [])))
    try page.page.write(to: path)
  }

  private static let most = 10

  private func worst(
    _ outcome: BatchOutcome, _ quality: QualityTable?, _ pictures: inout PagePictures
  ) -> HTML? {
    let rows = Dictionary(
      (quality?.rows ?? []).map { ($0.image, $0) }, uniquingKeysWith: { first, _ in first })
    func badness(_ file: ImageFile) -> Double {
      rows[file.relativePath.string].map { -$0.psnr }
        ?? outcome.noiseEstimates[file]?.sigma ?? -.infinity
    }
    let chosen = outcome.files.filter { quality == nil || rows[$0.relativePath.string] != nil }
      .map { (file: $0, badness: badness($0)) }.sorted { $0.badness > $1.badness }.prefix(Self.most)
    let figures: [HTML] = chosen.map { file, _ in
      let name = file.relativePath.string
      var words = [name]
      if let row = rows[name] {
        words.append("\(Self.decibels(row.noisyPSNR)) to \(Self.decibels(row.psnr)) dB")
      } else if let sigma = outcome.noiseEstimates[file]?.sigma {
        words.append("noise \(Readable.number(sigma))")
      }
      let sources = [
        ("Noisy", noisyPath(of: file) ?? file.path), ("Denoised", self.path(of: file)),
      ]
      let images = sources.compactMap { label, path in
        pictures.thumbnail(path, alt: "\(label): \(name)", side: 320, most: 85_000)
      }
      return .tag(
        "figure", ["class": "picture pair"],
        .tag("figcaption", HTML(words.joined(separator: " · "))), .tag("div", images))
    }
    return figures.isEmpty ? nil : .tag("div", ["class": "pictures pairs-of-pictures"], figures)
  }

  private func charts(_ outcome: BatchOutcome, _ quality: QualityTable?) -> [Chart] {
    var charts: [Chart] = []
    if let rows = quality?.rows {
      charts.append(
        .distribution(
          "psnr", "PSNR", x: "dB", of: "images",
          [("Denoised", rows.map(\.psnr)), ("Noisy", rows.map(\.noisyPSNR))]))
      charts.append(
        .distribution(
          "ssim", "SSIM", x: "SSIM", of: "images",
          [("Denoised", rows.map(\.ssim)), ("Noisy", rows.map(\.noisySSIM))]))
    }
    charts.append(
      .distribution(
        "noise", "Estimated noise", x: "standard deviation in gray levels", of: "images",
        [("Images", outcome.noise.compactMap { $0.estimate?.sigma })]))
    return charts
  }

  private func all(_ outcome: BatchOutcome, _ quality: QualityTable?) -> HTML? {
    let most = 1000
    let header: [String]
    let rows: [[String]]
    if let quality {
      header = ["Image", "Noisy PSNR", "PSNR", "Noisy SSIM", "SSIM", "Estimated noise"]
      rows = quality.rows.sorted { $0.psnr < $1.psnr }.prefix(most).map { row in
        [row.image, Self.decibels(row.noisyPSNR), Self.decibels(row.psnr)]
          + [row.noisySSIM, row.ssim, row.estimatedSigma].map(Readable.number)
      }
    } else {
      header = ["Image", "Estimated noise"]
      rows = outcome.noise.sorted { $0.estimate?.sigma ?? -1 > $1.estimate?.sigma ?? -1 }.prefix(
        most
      )
      .map { [$0.image, $0.estimate.map { Readable.number($0.sigma) } ?? ""] }
    }
    if rows.isEmpty { return nil }
    let table = Table(header, rows: rows.map { $0.map { .text($0) } }, numbersFrom: 1).html
    return .tag(
      "details", .tag("summary", HTML("Table of \(counted(rows.count, "image")), the worst first")),
      table)
  }

  private func settings(_ denoiser: Denoiser) -> [(String, String)] {
    provenance(denoiser).facts.map { ($0.name, $0.value ?? "yes") }
  }

  private static func decibels(_ value: Double) -> String {
    value.isFinite ? Readable.number(value) : "infinite"
  }
}
