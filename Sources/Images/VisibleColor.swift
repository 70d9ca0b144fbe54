package import PNGCodec

extension Raster {
  /// The image with the color of fully transparent pixels continued from the visible ones around them, so
  /// that whatever was stored there disturbs no neighbor; alpha and all other pixels stay.
  ///
  /// Each halving of the image averages what is visible; a pixel takes the color of the finest level that
  /// has some (the pull-push of Gortler et al. 1996). An image that is transparent all over, or has no
  /// alpha, stays as it is.
  package var extendingVisibleColor: Raster {
    guard format.hasAlpha else { return self }
    let colors = format.colors
    let isHidden = (0..<(width * height)).map { pixels[$0 * channels + colors] == 0 }
    guard isHidden.contains(true), isHidden.contains(false) else { return self }
    var level = ColorLevel(width: width, height: height, channels: colors)
    for p in isHidden.indices where !isHidden[p] {
      level.weights[p] = 1
      for c in 0..<colors { level.colors[p * colors + c] = Float(pixels[p * channels + c]) }
    }
    let filled = level.filled()
    var result = self
    for p in isHidden.indices where isHidden[p] {
      for c in 0..<colors {
        let color = filled.colors[p * colors + c].rounded()
        result.pixels[p * channels + c] = Sample(min(max(color, 0), Float(Sample.max)))
      }
    }
    return result
  }
}

/// Colors of a level of the pyramid, with how much of each pixel is known.
private struct ColorLevel {
  let width, height, channels: Int
  /// (H, W, C); 0 where nothing is known.
  var colors: [Float]
  /// (H, W), 0 to 1.
  var weights: [Float]

  init(width: Int, height: Int, channels: Int) {
    (self.width, self.height, self.channels) = (width, height, channels)
    colors = [Float](repeating: 0, count: width * height * channels)
    weights = [Float](repeating: 0, count: width * height)
  }

  /// The level without gaps: what is missing comes from the level of half the size.
  func filled() -> ColorLevel {
    guard weights.contains(0), width > 1 || height > 1 else { return self }
    let coarse = halved().filled()
    var result = self
    for y in 0..<height {
      for x in 0..<width where weights[y * width + x] == 0 {
        for c in 0..<channels {
          result.colors[(y * width + x) * channels + c] = coarse.color(
            x: Float(x) / 2 - 0.25, y: Float(y) / 2 - 0.25, c)
        }
      }
    }
    return result
  }

  /// The level of half the size, rounded up: means of what is known of four pixels.
  private func halved() -> ColorLevel {
    var half = ColorLevel(
      width: (width + 1) / 2, height: (height + 1) / 2, channels: channels)
    for y in 0..<height {
      for x in 0..<width where weights[y * width + x] > 0 {
        let to = y / 2 * half.width + x / 2
        half.weights[to] += 1
        for c in 0..<channels {
          half.colors[to * channels + c] += colors[(y * width + x) * channels + c]
        }
      }
    }
    for p in half.weights.indices where half.weights[p] > 0 {
      for c in 0..<channels { half.colors[p * channels + c] /= half.weights[p] }
      half.weights[p] = 1
    }
    return half
  }

  /// The color between four pixels, the edge's beyond the outermost.
  private func color(x: Float, y: Float, _ c: Int) -> Float {
    let (x, y) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
    let (left, top) = (Int(x), Int(y))
    let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
    let (across, down) = (x - Float(left), y - Float(top))
    func at(_ x: Int, _ y: Int) -> Float { colors[(y * width + x) * channels + c] }
    let above = at(left, top) * (1 - across) + at(right, top) * across
    let below = at(left, bottom) * (1 - across) + at(right, bottom) * across
    return above * (1 - down) + below * down
  }
}
