import Foundation
public import SystemPackage

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
      table.append("  of it the means'", text(pixels.mean))
      table.append("  of it the covariances'", text(pixels.covariance))
    }
    guard let toB = images.toB else { return table.lines }
    var nearest = TextTable(.left, .right, .right)
    nearest.append("to the nearest image of B, grey levels", "from A", "from B")
    for (name, path) in [
      ("  least", \Comparison.Distances.least), ("  5 %", \.fivePercent), ("  median", \.median),
    ] {
      nearest.append(
        name, text(toB[keyPath: path]), images.withinB.map { text($0[keyPath: path]) } ?? "")
    }
    var lines = table.lines + [""] + nearest.lines
    if let nearer = images.nearerThanUsual {
      let part = String(format: "%.1f", 100 * Double(nearer) / Double(images.imagesA))
      lines.append(
        "nearer to one of B than 95 % of B's own are: \(nearer) of \(images.imagesA), \(part) % "
          + "(5 % are usual)")
    }
    return lines
  }

  private static func lines(_ features: FeatureComparison) -> [String] {
    var table = TextTable(.left, .right, .right)
    table.append("features, \(features.dimensions) numbers", "", "+-")
    table.append("  Frechet distance (FID)", text(features.frechetDistance))
    table.append(
      "  kernel distance x 1000 (KID)", text(1000 * features.kernelDistance),
      features.kernelDeviation.map { text(1000 * $0) } ?? "")
    return table.lines + [
      "  KID is an unbiased estimate: about 0, and often slightly below it, for equal sets"
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
          ("\(name)_least", distances.least), ("\(name)_5_percent", distances.fivePercent),
          ("\(name)_median", distances.median),
        ]
      }
      if let nearer = images.nearerThanUsual { rows.append(("nearer_than_usual", Double(nearer))) }
    }
    if let features {
      rows += [("frechet", features.frechetDistance), ("kernel", features.kernelDistance)]
      if let deviation = features.kernelDeviation { rows.append(("kernel_deviation", deviation)) }
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
