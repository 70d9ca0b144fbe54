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
  /// The same with color where none can be seen.
  private let visible: DeepImage

  package init(own: DeepImage, channels: Int) {
    self.own = own
    self.channels = channels
    visible = own.extendingVisibleColor
  }

  /// (C, H, W) on [-1, 1].
  package var values: [Float] { rows(0..<own.height) }

  /// Some of the rows, (C, rows, W) on [-1, 1].
  package func rows(_ rows: Range<Int>) -> [Float] {
    let (count, first) = (rows.count * own.width, rows.lowerBound * own.width)
    let (step, colors) = (own.channels, own.format.colors)
    return [Float](unsafeUninitializedCapacity: channels * count) { values, initialized in
      visible.pixels.withUnsafeBufferPointer { pixels in
        for c in 0..<channels {
          let isOpaque = c == 3 && !own.format.hasAlpha
          let sample = c == 3 ? colors : min(c, colors - 1)
          for p in 0..<count {
            let value =
              isOpaque ? 1 : Float(pixels[(first + p) * step + sample]) / 32767.5 - 1
            values.initializeElement(at: c * count + p, to: value)
          }
        }
      }
      initialized = channels * count
    }
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
  /// - Parameters:
  ///   - values: (C, H, W) on about [-1, 1].
  ///   - bits: a sample, 8 or 16, that new samples are rounded to.
  ///   - isKept: pixels that stay as they are in all samples; nil for none.
  ///   - drawsAlpha: whether alpha is the network's, where it has four channels.
  package func result(
    of values: [Float], bits: Int, keeping isKept: [Bool]? = nil, drawsAlpha: Bool = false
  ) -> ResultImage {
    var result = ResultImage(own, bits: bits)
    result.put(
      values, rows: 0..<own.height, of: self, keeping: isKept, drawsAlpha: drawsAlpha)
    return result
  }
}
