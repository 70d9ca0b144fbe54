package import PNGCodec

/// Samples of 8 or 16 bits that a network's values are put into, all at once or some rows at a time.
package enum ResultImage: Sendable {
  case eight(PixelImage)
  case sixteen(DeepImage)

  /// A picture's own samples to begin with.
  ///
  /// - Parameter bits: a sample, 8 or 16.
  package init(_ own: DeepImage, bits: Int) {
    self = bits == 8 ? .eight(own.narrowed) : .sixteen(own)
  }

  /// The image as it is to be shown.
  package func turned(_ orientation: PNGOrientation) -> ResultImage {
    switch self {
    case .eight(let image): .eight(image.turned(orientation))
    case .sixteen(let image): .sixteen(image.turned(orientation))
    }
  }

  /// Puts rows of a network's values into the picture that they were made of.
  ///
  /// Fully transparent pixels stay as they were, and so does alpha, unless the network draws it.
  ///
  /// - Parameters:
  ///   - values: (C, rows, W) on about [-1, 1].
  ///   - isKept: (H, W): pixels that stay as they are in all samples; nil for none.
  ///   - drawsAlpha: whether alpha is the network's, where it has four channels.
  package mutating func put(
    _ values: [Float], rows: Range<Int>, of picture: NetworkPicture, keeping isKept: [Bool]? = nil,
    drawsAlpha: Bool = false
  ) {
    // The samples are taken out, so that they are changed where they lie.
    switch self {
    case .eight(var image):
      self = .eight(.none)
      image.put(values, rows, picture, isKept, drawsAlpha)
      self = .eight(image)
    case .sixteen(var image):
      self = .sixteen(.none)
      image.put(values, rows, picture, isKept, drawsAlpha)
      self = .sixteen(image)
    }
  }
}

extension Raster {
  fileprivate static var none: Raster {
    Raster(width: 0, height: 0, format: .gray, pixels: [])
  }

  fileprivate mutating func put(
    _ values: [Float], _ rows: Range<Int>, _ picture: NetworkPicture, _ isKept: [Bool]?,
    _ drawsAlpha: Bool
  ) {
    let (channels, step, colors) = (picture.channels, format.channels, format.colors)
    let (count, first) = (rows.count * width, rows.lowerBound * width)
    precondition(values.count == channels * count, "values of another size")
    let takesAlpha = drawsAlpha && channels == 4 && format.hasAlpha
    let isMean = colors == 1 && channels > 1
    pixels.withUnsafeMutableBufferPointer { pixels in
      values.withUnsafeBufferPointer { values in
        for p in 0..<count where isKept.map({ !$0[first + p] }) ?? true {
          let at = (first + p) * step
          if takesAlpha { pixels[at + colors] = Self.level(values[3 * count + p]) }
          if format.hasAlpha {
            let isHidden =
              takesAlpha ? pixels[at + colors] == 0 : picture.own.pixels[at + colors] == 0
            if isHidden { continue }
          }
          if isMean {
            pixels[at] = Self.level(
              (values[p] + values[count + p] + values[2 * count + p]) / 3)
          } else {
            for c in 0..<colors {
              pixels[at + c] = Self.level(values[min(c, channels - 1) * count + p])
            }
          }
        }
      }
    }
  }

  /// A value on [-1, 1], rounded; what lies outside is held at the ends.
  private static func level(_ value: Float) -> Sample {
    let half = Float(Sample.max) / 2
    let level = value * half + half
    // A number that is none comes out black instead of trapping.
    return Sample(min(max(level.isNaN ? 0 : level, 0), 2 * half).rounded())
  }
}
