/// An image of 8-bit samples.
package typealias PixelImage = Raster<UInt8>

/// An image of 16-bit samples.
package typealias DeepImage = Raster<UInt16>

/// An image of integer samples, interleaved: (H, W, C).
package struct Raster<Sample: FixedWidthInteger & Sendable>: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// What the channels are.
  package let format: PixelFormat
  /// (H, W, C), `width * height * channels` of them.
  package var pixels: [Sample]

  /// - Precondition: the number of samples fits the size.
  package init(width: Int, height: Int, format: PixelFormat, pixels: [Sample]) {
    precondition(pixels.count == width * height * format.channels, "wrong number of samples")
    self.width = width
    self.height = height
    self.format = format
    self.pixels = pixels
  }

  /// An image that is one value all over.
  package init(width: Int, height: Int, format: PixelFormat, filledWith value: Sample) {
    let count = width * height * format.channels
    self.init(
      width: width, height: height, format: format, pixels: Array(repeating: value, count: count))
  }

  /// 1, 3 or 4.
  package var channels: Int { format.channels }
}
