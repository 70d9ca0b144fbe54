internal import Checkpoints
internal import Images
internal import PNGCodec

/// One side of a comparison: images of one size and format, as 8-bit samples in memory.
struct ImageSet {
  let size: ImageSize
  let format: PixelFormat
  /// Those that could be read, in their order.
  private(set) var files: [ImageFile] = []
  /// (N, H, W, C).
  private(set) var pixels: [UInt8] = []

  /// - Parameter capacity: images that there is to be room for, so that a set never moves.
  init(size: ImageSize, format: PixelFormat, capacity: Int = 0) {
    self.size = size
    self.format = format
    pixels.reserveCapacity(capacity * length)
  }

  /// How many images.
  var count: Int { files.count }

  /// Samples an image.
  var length: Int { size.area * format.channels }

  /// Takes in an image, which has the size and format.
  mutating func append(_ file: ImageFile, _ image: PixelImage) {
    precondition(image.pixels.count == length, "an image of another size")
    files.append(file)
    pixels += image.pixels
  }

  /// Image `index`.
  func image(_ index: Int) -> PixelImage {
    PixelImage(
      width: size.width, height: size.height, format: format,
      pixels: Array(pixels[(index * length)..<((index + 1) * length)]))
  }

  /// The samples of all images as whole numbers.
  var points: Points { Points(count: count, length: length) { rows($0) } }

  /// The samples of some images as (n, H · W · C) whole numbers.
  private func rows(_ indices: Range<Int>) -> [Double] {
    pixels[(indices.lowerBound * length)..<(indices.upperBound * length)].map(Double.init)
  }
}
