package import PNGCodec

/// How an image is brought to a size that is not its own.
public enum Fit: String, Codable, CaseIterable, Sendable {
  /// Scaled until it covers the size, the middle is kept.
  case crop
  /// Stretched to the size.
  case resize
  /// Scaled until it fits into the size, the rest is background.
  case pad
  /// A piece of the size, from anywhere, in the image's own pixels; only an image that is smaller
  /// than the size is scaled up first, until it covers it.
  case randomCrop = "random-crop"

  /// Those that give the same image each time, by name.
  public static let fixed = allCases.filter { $0 != .randomCrop }.map(\.rawValue)

  /// The image at the size, except with `randomCrop`, which gives one at least as large.
  package func apply<Sample>(
    to image: Raster<Sample>, size: ImageSize, background: RGB = .white
  ) -> Raster<Sample> {
    if image.width == size.width, image.height == size.height { return image }
    let horizontal = Double(size.width) / Double(image.width)
    let vertical = Double(size.height) / Double(image.height)
    switch self {
    case .resize:
      return image.resampled(to: size)
    case .crop:
      let scale = max(horizontal, vertical)
      let width = Double(size.width) / scale
      let height = Double(size.height) / scale
      // A whole first pixel, so that an image that is only cropped keeps its pixels.
      return image.resampled(
        to: size,
        x: .init(start: ((Double(image.width) - width) / 2).rounded(.down), length: width),
        y: .init(start: ((Double(image.height) - height) / 2).rounded(.down), length: height))
    case .pad:
      let scale = min(horizontal, vertical)
      let inner = image.resampled(to: image.size(scaledBy: scale, atMost: size))
      return inner.padded(to: size, with: background)
    case .randomCrop:
      let scale = max(1, horizontal, vertical)
      if scale == 1 { return image }
      let scaled = image.size(scaledBy: scale, atMost: nil)
      return image.resampled(
        to: ImageSize(
          width: max(scaled.width, size.width), height: max(scaled.height, size.height)))
    }
  }
}

extension Raster {
  /// The size times `scale`, rounded, at least one pixel.
  fileprivate func size(scaledBy scale: Double, atMost limit: ImageSize?) -> ImageSize {
    func scaled(_ length: Int, _ limit: Int?) -> Int {
      max(1, min(Int((Double(length) * scale).rounded()), limit ?? .max))
    }
    return ImageSize(width: scaled(width, limit?.width), height: scaled(height, limit?.height))
  }

  /// The middle part of an image that is at least of a size.
  package func middle(of size: ImageSize) -> Raster {
    if width == size.width && height == size.height { return self }
    let (left, top) = ((width - size.width) / 2, (height - size.height) / 2)
    let pixels = (top..<(top + size.height)).flatMap { y in
      self.pixels[((y * width + left) * channels)...].prefix(size.width * channels)
    }
    return Raster(width: size.width, height: size.height, format: format, pixels: pixels)
  }

  /// The image in the middle of a larger one of `background`, transparent where there is alpha.
  fileprivate func padded(to size: ImageSize, with background: RGB) -> Raster {
    let colors =
      format.colors == 1
      ? [background.gray] : [background.red, background.green, background.blue]
    // 8-bit levels on the samples' scale.
    let fill = colors.map { Sample($0) * (Sample.max / 255) } + (format.hasAlpha ? [0] : [])
    var pixels: [Sample] = []
    pixels.reserveCapacity(size.area * channels)
    let left = (size.width - width) / 2
    let top = (size.height - height) / 2
    for y in 0..<size.height {
      let row = y - top
      for x in 0..<size.width {
        let column = x - left
        if (0..<height).contains(row), (0..<width).contains(column) {
          let at = (row * width + column) * channels
          pixels += self.pixels[at..<(at + channels)]
        } else {
          pixels += fill
        }
      }
    }
    return Raster(width: size.width, height: size.height, format: format, pixels: pixels)
  }
}
