public import Sampling
internal import Text

/// What the noise of many images is like, in a sentence.
public struct NoiseSummary: CustomStringConvertible, Sendable {
  private let images: [NoiseEstimate]
  private let isRemoved: Bool

  /// Nil of no images, and of such of whose noise no more is known than its level.
  ///
  /// - Parameter isRemoved: whether the estimates are of what was removed at a noise level that was given.
  public init?(_ images: [NoiseEstimate], isRemoved: Bool = false) {
    self.isRemoved = isRemoved
    self.images = images.filter { $0.correlation != nil }
    if self.images.isEmpty { return nil }
  }

  /// "noise found: sigma 4.1 to 12.9 on the 0-255 scale, median 7.3; luma 3.9, chroma 6.2; ..."
  public var description: String {
    var parts = [level]
    if let chroma = median(of: \.chroma), let luma = median(of: \.luma) {
      parts.append("luma \(text(luma)), chroma \(text(chroma))")
    }
    if let gain = median(of: \.gain), let read = median(of: \.readNoise), gain >= 0.05 {
      parts.append("variance \(text(read))^2 + \(text(gain)) x")
    }
    if let correlation = median(of: \.correlation), abs(correlation) >= 0.1 {
      parts.append("correlation of neighbors \(text(correlation))")
    }
    let grids = images.count { $0.hasJPEGGrid == true }
    if grids > 0 {
      parts.append(images.count == 1 ? "JPEG blocks" : "JPEG blocks in \(counted(grids, "image"))")
    }
    return (isRemoved ? "noise removed: " : "noise found: ") + parts.joined(separator: "; ")
  }

  private var level: String {
    let levels = images.map(\.sigma).sorted()
    let (first, last) = (text(levels.first ?? 0), text(levels.last ?? 0))
    if first == last { return "sigma \(first) on the 0-255 scale" }
    return "sigma \(first) to \(last) on the 0-255 scale, median \(text(Self.median(levels)))"
  }

  private func median(of value: (NoiseEstimate) -> Double?) -> Double? {
    let values = images.compactMap(value).sorted()
    return values.isEmpty ? nil : Self.median(values)
  }

  /// Of sorted values, of which there are some.
  private static func median(_ values: [Double]) -> Double {
    (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
  }

  private func text(_ value: Double) -> String { Readable.number((value * 10).rounded() / 10) }
}
