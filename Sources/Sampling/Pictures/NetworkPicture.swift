internal import Checkpoints
internal import Images
package import PNGCodec

/// A picture between its own samples and the values that a network sees.
///
/// Grayscale goes through a network of colors as three equal channels and comes back as their mean. Color
/// goes through as it lies under alpha, that of fully transparent pixels continued from visible ones.
package struct NetworkPicture: Sendable {
  /// Samples of the picture's own kind, turned and fitted as the network is to see them.
  package let own: DeepImage
  /// The network's: 1, 3 or 4.
  package let channels: Int

  package init(own: DeepImage, channels: Int) {
    self.own = own
    self.channels = channels
  }

  /// (C, H, W) on [-1, 1].
  package var values: [Float] {
    let visible = own.extendingVisibleColor
    let (colors, area) = (own.format.colors, own.width * own.height)
    var values: [Float] = []
    values.reserveCapacity(channels * area)
    for c in 0..<channels {
      if c == 3 && !own.format.hasAlpha {
        values += repeatElement(1, count: area)
        continue
      }
      let sample = c == 3 ? colors : min(c, colors - 1)
      for p in 0..<area {
        values.append(Float(visible.pixels[p * own.channels + sample]) / 32767.5 - 1)
      }
    }
    return values
  }

  /// Whether each pixel has color that can be seen; nil where all have.
  package var isVisible: [Bool]? {
    guard own.format.hasAlpha else { return nil }
    let isVisible = (0..<(own.width * own.height)).map {
      own.pixels[($0 + 1) * own.channels - 1] > 0
    }
    return isVisible.contains(false) ? isVisible : nil
  }

  /// What a network made of the picture, as a picture of the same kind.
  ///
  /// Fully transparent pixels are as they were, and so is alpha, unless the network draws it.
  ///
  /// - Parameters:
  ///   - values: (C, H, W) on about [-1, 1].
  ///   - bits: a sample, 8 or 16, that new samples are rounded to.
  ///   - isKept: pixels that stay as they are in all samples; nil for none.
  ///   - drawsAlpha: whether alpha is the network's, where it has four channels.
  package func result(
    of values: [Float], bits: Int, keeping isKept: [Bool]? = nil, drawsAlpha: Bool = false
  ) -> DeepImage {
    let (format, area) = (own.format, own.width * own.height)
    precondition(values.count == channels * area, "values of another size")
    let level = Level(bits: bits)
    let takesAlpha = drawsAlpha && channels == 4 && format.hasAlpha
    var result = own
    for p in 0..<area where isKept.map({ !$0[p] }) ?? true {
      let at = p * format.channels
      if takesAlpha { result.pixels[at + format.colors] = level(values[3 * area + p]) }
      if format.hasAlpha && result.pixels[at + format.colors] == 0 { continue }
      if format.colors == 1 && channels > 1 {
        result.pixels[at] = level(
          (values[p] + values[area + p] + values[2 * area + p]) / 3)
      } else {
        for c in 0..<format.colors {
          result.pixels[at + c] = level(values[min(c, channels - 1) * area + p])
        }
      }
    }
    return result
  }

  /// Rounds values on [-1, 1] to 8 or 16 bits, as samples of 16 bits.
  private struct Level {
    private let largest: Float
    private let unit: UInt16

    init(bits: Int) { (largest, unit) = bits == 8 ? (255, 257) : (65535, 1) }

    package func callAsFunction(_ value: Float) -> UInt16 {
      // A number that is none comes out black instead of trapping.
      let level = value * (largest / 2) + largest / 2
      return UInt16(min(max(level.isNaN ? 0 : level, 0), largest).rounded()) * unit
    }
  }
}
