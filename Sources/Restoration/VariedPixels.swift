/// Which pixels tell of noise: those that are visible and not amid an area of a single color, such as a frame, or what is
/// cut off at black or white. (H, W)
///
/// - Parameters:
///   - values: rows of an image: (C, H, W).
///   - channels: how many of its channels are looked at.
///   - isVisible: (H, W); nil where all are.
func variedPixels(
  _ values: [Float], channels: Int, width: Int, isVisible: [Bool]?
) -> [Bool] {
  let area = values.count / channels
  return (0..<area).map { p in
    if let isVisible, !isVisible[p] { return false }
    let x = p % width
    return stride(from: p, to: channels * area, by: area).contains { i in
      let value = values[i]
      return x > 0 && values[i - 1] != value || x + 1 < width && values[i + 1] != value
        || p >= width && values[i - width] != value
        || p + width < area && values[i + width] != value
    }
  }
}
