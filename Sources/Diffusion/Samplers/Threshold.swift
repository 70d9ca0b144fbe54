/// What is done with predictions of x_0 that leave the range of images, [-1, 1].
public enum Threshold: String, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// They are held within [-1, 1].
  case clip
  /// Dynamic thresholding (Saharia et al. 2022, section 2.3): with s the percentile of |x_0| over an
  /// image, where s > 1 the image is held within [-s, s] and divided by s. Imagen's is 0.995.
  case dynamic

  /// Applies it to a batch of images of `imageSize` elements each.
  package func apply(to x0: inout [Float], imageSize: Int, percentile: Double = 0.995) {
    switch self {
    case .none: return
    case .clip:
      for i in x0.indices { x0[i] = min(max(x0[i], -1), 1) }
    case .dynamic:
      precondition(
        imageSize > 0 && x0.count % imageSize == 0, "the batch is not a number of images")
      for first in stride(from: 0, to: x0.count, by: imageSize) {
        let image = first..<(first + imageSize)
        let s = Self.quantile(percentile, of: x0[image].map(abs))
        guard s > 1 else { continue }
        for i in image { x0[i] = min(max(x0[i], -s), s) / s }
      }
    }
  }

  /// The value below which the part `q` of `values` lies, between two of them by linear interpolation.
  private static func quantile(_ q: Double, of values: [Float]) -> Float {
    let sorted = values.sorted()
    let position = q * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + Float(position - Double(below)) * (sorted[above] - sorted[below])
  }
}
