package import PNGCodec

/// Between the network's floats and pixels: x = pixel / 127.5 - 1.
package enum Pixels {
  /// An image (C, H, W) in [-1, 1], rounded to 8 bits; what lies outside is held at the ends. Under alpha 0,
  /// where a network's color means nothing, that of the visible pixels around it is continued.
  package static func image(
    _ values: ArraySlice<Float>, width: Int, height: Int, format: PixelFormat
  ) -> PixelImage {
    let (channels, count) = (format.channels, width * height)
    precondition(values.count == channels * count, "the values are not \(width) x \(height)")
    let first = values.startIndex
    let pixels = [UInt8](unsafeUninitializedCapacity: channels * count) { buffer, initialized in
      for c in 0..<channels {
        for p in 0..<count {
          buffer[p * channels + c] = level(values[first + c * count + p])
        }
      }
      initialized = channels * count
    }
    return PixelImage(width: width, height: height, format: format, pixels: pixels)
      .extendingVisibleColor
  }

  /// The gray level of a value in [-1, 1]; what lies outside is held at the ends.
  package static func level(_ value: Float) -> UInt8 {
    let level = value * 127.5 + 127.5
    // A number that is none comes out black instead of trapping.
    return UInt8(min(max(level.isNaN ? 0 : level, 0), 255).rounded())
  }

  /// The images of a batch (N, C, H, W).
  package static func images(
    _ values: [Float], width: Int, height: Int, format: PixelFormat
  ) -> [PixelImage] {
    let size = format.channels * width * height
    return (0..<(values.count / size)).map {
      image(
        values[($0 * size)..<(($0 + 1) * size)], width: width, height: height, format: format)
    }
  }

  /// An image as (C, H, W) in [-1, 1]; of a larger one its middle part.
  package static func values(of image: PixelImage, width: Int, height: Int) -> [Float] {
    precondition(image.width >= width && image.height >= height, "an image that is too small")
    let image = image.middle(of: ImageSize(width: width, height: height))
    return (0..<image.channels).flatMap { c in
      stride(from: c, to: image.pixels.count, by: image.channels).map {
        Float(image.pixels[$0]) / 127.5 - 1
      }
    }
  }
}
