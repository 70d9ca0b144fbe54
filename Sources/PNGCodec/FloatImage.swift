/// An image of real samples on the scale [-1, 1], planar: (C, H, W).
package struct FloatImage: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// What the planes are.
  package let format: PixelFormat
  /// (C, H, W); -1 is black and 1 is white.
  package var values: [Float]

  /// - Precondition: the number of values fits the size.
  package init(width: Int, height: Int, format: PixelFormat, values: [Float]) {
    precondition(values.count == width * height * format.channels, "wrong number of values")
    self.width = width
    self.height = height
    self.format = format
    self.values = values
  }

  /// 1, 3 or 4.
  package var channels: Int { format.channels }

  /// pixel / 127.5 - 1 of every 8-bit sample.
  package init(_ image: PixelImage) {
    self.init(scaling: image)
  }

  /// pixel / 32767.5 - 1 of every 16-bit sample.
  package init(_ image: DeepImage) {
    self.init(scaling: image)
  }

  /// The nearest 8-bit samples; what is outside [-1, 1] is clipped, and NaN becomes 0.
  package var pixels: PixelImage { quantized() }

  /// The nearest 16-bit samples; what is outside [-1, 1] is clipped, and NaN becomes 0.
  package var deepPixels: DeepImage { quantized() }

  private init<Sample>(scaling image: Raster<Sample>) {
    let (channels, count) = (image.channels, image.width * image.height)
    let half = Float(Sample.max) / 2
    let values = [Float](unsafeUninitializedCapacity: channels * count) { values, initialized in
      image.pixels.withUnsafeBufferPointer { pixels in
        for c in 0..<channels {
          for i in 0..<count {
            values.initializeElement(
              at: c * count + i, to: Float(pixels[i * channels + c]) / half - 1)
          }
        }
      }
      initialized = channels * count
    }
    self.init(width: image.width, height: image.height, format: image.format, values: values)
  }

  private func quantized<Sample>() -> Raster<Sample> {
    let (channels, count) = (channels, width * height)
    let largest = Float(Sample.max)
    let pixels = [Sample](unsafeUninitializedCapacity: channels * count) { pixels, initialized in
      values.withUnsafeBufferPointer { values in
        for c in 0..<channels {
          for i in 0..<count {
            let scaled = (values[c * count + i] + 1) * (largest / 2)
            // max first: it turns NaN into 0.
            let clipped = min(max(0, scaled.isNaN ? 0 : scaled), largest)
            pixels.initializeElement(
              at: i * channels + c, to: Sample(clipped.rounded(.toNearestOrAwayFromZero)))
          }
        }
      }
      initialized = channels * count
    }
    return Raster(width: width, height: height, format: format, pixels: pixels)
  }
}
