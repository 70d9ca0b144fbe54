import Foundation
public import SystemPackage
internal import Text

/// All figures of a comparison, of images, of features or of both.
public struct ComparisonReport: Sendable, Encodable {
  /// Of two folders of images.
  public let images: Comparison?
  /// Of two files of features.
  public let features: FeatureComparison?

  /// A report of what there is.
  public init(images: Comparison?, features: FeatureComparison?) {
    self.images = images
    self.features = features
  }

  private enum CodingKeys: CodingKey { case images, failures, compare, features }
  private enum CountKeys: CodingKey { case a, b, failed, animations }
  private enum FigureKeys: CodingKey {
    case width, height, channels, slicedWasserstein, pixelFrechet, neighbors, aToB, bToB
    case closerThanExpected
    case dimensions, a, b, fid, kid, kidDeviation
    case precision, recall, density, coverage
  }

  /// Writes one object: `images`, `failures` and `compare` of folders, `features` of files.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if let images {
      try container.encode(images.failures, forKey: .failures)
      var counts = container.nestedContainer(keyedBy: CountKeys.self, forKey: .images)
      try counts.encode(images.imagesA, forKey: .a)
      try counts.encode(images.imagesB, forKey: .b)
      try counts.encode(images.failures.count, forKey: .failed)
      try counts.encode(images.animations, forKey: .animations)
      var figures = container.nestedContainer(keyedBy: FigureKeys.self, forKey: .compare)
      try figures.encode(images.width, forKey: .width)
      try figures.encode(images.height, forKey: .height)
      try figures.encode(images.channels, forKey: .channels)
      try figures.encode(images.slicedWasserstein, forKey: .slicedWasserstein)
      try figures.encodeIfPresent(images.pixelGaussians, forKey: .pixelFrechet)
      try figures.encode(images.neighbors, forKey: .neighbors)
      try figures.encodeIfPresent(images.toB, forKey: .aToB)
      try figures.encodeIfPresent(images.withinB, forKey: .bToB)
      try figures.encodeIfPresent(images.nearerThanUsual, forKey: .closerThanExpected)
      try Self.encode(images.precisionRecall, to: &figures)
    }
    if let features {
      var figures = container.nestedContainer(keyedBy: FigureKeys.self, forKey: .features)
      try figures.encode(features.dimensions, forKey: .dimensions)
      try figures.encode(features.countA, forKey: .a)
      try figures.encode(features.countB, forKey: .b)
      try figures.encode(features.frechetDistance, forKey: .fid)
      try figures.encode(features.kernelDistance, forKey: .kid)
      try figures.encodeIfPresent(features.kernelDeviation, forKey: .kidDeviation)
      try Self.encode(features.precisionRecall, to: &figures)
    }
  }

  private static func encode(
    _ found: PrecisionRecall?, to figures: inout KeyedEncodingContainer<FigureKeys>
  ) throws {
    try figures.encodeIfPresent(found?.precision, forKey: .precision)
    try figures.encodeIfPresent(found?.recall, forKey: .recall)
    try figures.encodeIfPresent(found?.density, forKey: .density)
    try figures.encodeIfPresent(found?.coverage, forKey: .coverage)
  }

  /// The figures as a table for people.
  public var lines: [String] {
    let parts = [images.map(Self.lines), features.map(Self.lines)].compactMap { $0 }
    return Array(parts.joined(separator: [""]))
  }

  private static func lines(_ images: Comparison) -> [String] {
    var table = TextTable(.left, .right, .right)
    if let mean = images.meanSlicedWasserstein {
      table.append("sliced Wasserstein distance x 1000", text(mean))
      for level in images.slicedWasserstein {
        table.append("  at \(level.width) x \(level.height)", text(level.distance))
      }
    }
    if let pixels = images.pixelGaussians {
      table.append(
        "Frechet distance of pixels at \(pixels.width) x \(pixels.height)", text(pixels.distance))
      table.append("  mean term", text(pixels.mean))
      table.append("  covariance term", text(pixels.covariance))
    }
    for row in images.precisionRecall?.rows ?? [] {
      table.append("\(row.name) of pixels (k = \(row.k))", Readable.share(row.value))
    }
    guard let toB = images.toB else { return table.lines }
    var nearest = TextTable(.left, .right, .right)
    nearest.append("distance to nearest neighbor in B (0-255)", "from A", "from B")
    for (name, path) in [
      ("  minimum", \Comparison.Distances.least), ("  5 %", \.fivePercent), ("  median", \.median),
    ] {
      nearest.append(
        name, text(toB[keyPath: path]), images.withinB.map { text($0[keyPath: path]) } ?? "")
    }
    var lines = table.lines + [""] + nearest.lines
    if let nearer = images.nearerThanUsual {
      let part = String(format: "%.1f", 100 * Double(nearer) / Double(images.imagesA))
      lines.append(
        "possible copies: \(nearer) of \(images.imagesA), \(part) % (5 % expected by chance), are closer to B than "
          + "95 % of B's images are to each other")
    }
    return lines
  }

  private static func lines(_ features: FeatureComparison) -> [String] {
    var table = TextTable(.left, .right, .right)
    table.append("features (\(features.dimensions) dimensions)", "", "+-")
    table.append("  FID (Frechet distance)", text(features.frechetDistance))
    table.append(
      "  KID x 1000 (kernel distance)", text(1000 * features.kernelDistance),
      features.kernelDeviation.map { text(1000 * $0) } ?? "")
    for row in features.precisionRecall?.rows ?? [] {
      table.append("  \(row.name) (k = \(row.k))", Readable.share(row.value))
    }
    return table.lines + [
      "  KID is unbiased: about 0 for images of one kind, often slightly negative; below that for the same images"
    ]
  }

  /// The figures as CSV, a row each.
  public var csv: String {
    var rows: [(String, Double)] = []
    if let images {
      rows += [("images_a", Double(images.imagesA)), ("images_b", Double(images.imagesB))]
      rows += images.slicedWasserstein.map {
        ("sliced_wasserstein_x1000_\($0.width)x\($0.height)", $0.distance)
      }
      if let mean = images.meanSlicedWasserstein { rows.append(("sliced_wasserstein_x1000", mean)) }
      if let pixels = images.pixelGaussians {
        rows += [
          ("pixel_frechet_mean", pixels.mean), ("pixel_frechet_covariance", pixels.covariance),
          ("pixel_frechet", pixels.distance),
        ]
      }
      for (name, distances) in [("a_to_b", images.toB), ("b_to_b", images.withinB)] {
        guard let distances else { continue }
        rows += [
          ("\(name)_minimum", distances.least), ("\(name)_5_percent", distances.fivePercent),
          ("\(name)_median", distances.median),
        ]
      }
      if let nearer = images.nearerThanUsual {
        rows.append(("closer_than_expected", Double(nearer)))
      }
      rows += (images.precisionRecall?.rows ?? []).map { ($0.name, $0.value) }
    }
    if let features {
      rows += [("frechet", features.frechetDistance), ("kernel", features.kernelDistance)]
      if let deviation = features.kernelDeviation { rows.append(("kernel_deviation", deviation)) }
      rows += (features.precisionRecall?.rows ?? []).map { ("features_\($0.name)", $0.value) }
    }
    let lines = rows.map { name, value in
      value == value.rounded() && value.magnitude < 1e15
        ? "\(name),\(Int(value))" : "\(name),\(value)"
    }
    return (["figure,value"] + lines).joined(separator: "\n") + "\n"
  }

  /// Writes the figures as CSV.
  public func write(to path: FilePath) throws { try CSV.write(csv, to: path) }

  private static func text(_ value: Double) -> String { Readable.norm(value) }
}
