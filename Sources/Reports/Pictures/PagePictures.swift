import Foundation
package import Images
package import PNGCodec
package import SystemPackage

/// The pictures of one page, as PNGs within it, that together have no more than so many bytes.
package struct PagePictures {
  /// Bytes of PNG that the page has room for, where base64 makes four of three.
  package static let budget = 1_850_000
  private var left: Int

  package init(budget: Int = Self.budget) { left = budget }

  /// A picture as part of a page, made smaller until it has at most `most` bytes and what is left.
  ///
  /// - Parameters:
  ///   - alt: what is to be seen, for those who do not see it.
  ///   - scale: how often each pixel is shown in the page, at least.
  /// - Returns: nil where there is no room for it.
  package mutating func image(
    _ image: PixelImage, alt: String, most: Int, isSharp: Bool = false
  ) -> HTML? {
    guard let (bytes, size) = encoded(image, most: min(most, left)) else { return nil }
    left -= bytes.count
    return .empty(
      "img",
      [
        "src": "data:image/png;base64," + Data(bytes).base64EncodedString(), "alt": alt,
        "width": "\(size.width)", "height": "\(size.height)", "class": isSharp ? "pixels" : nil,
        "loading": "lazy", "decoding": "async",
      ])
  }

  /// A small picture of a file; nil of one that cannot be read, or where there is no room for it.
  package mutating func thumbnail(
    _ path: FilePath, alt: String, side: Int = 128, most: Int = 24_000
  ) -> HTML? {
    guard let picture = try? PNGReader.read(path) else { return nil }
    return image(picture.fitted(in: side), alt: alt, most: most)
  }

  private func encoded(_ image: PixelImage, most: Int) -> (bytes: [UInt8], size: ImageSize)? {
    var image = image
    for _ in 0..<12 {
      guard let bytes = try? PNGWriter.encode(image, named: "") else { return nil }
      if bytes.count <= most {
        return (bytes, ImageSize(width: image.width, height: image.height))
      }
      if image.width < 24 || image.height < 24 { return nil }
      let part = min(0.9, (Double(most) / Double(bytes.count)).squareRoot() * 0.97)
      let size = ImageSize(
        width: max(16, Int(Double(image.width) * part)),
        height: max(16, Int(Double(image.height) * part)))
      image = image.resampled(to: size)
    }
    return nil
  }
}

/// A picture of equal images in rows, as `ImageGrid` arranges them.
package struct SheetPicture {
  /// The images, row by row.
  package let cells: [PixelImage]
  package let columns: Int

  /// Takes a picture apart; nil where it is no grid of such images.
  ///
  /// - Parameter count: how many images there are; nil for as many as have a place.
  package init?(_ picture: PixelImage, cell size: ImageSize, count: Int? = nil, margin: Int = 2) {
    let (across, down) = (size.width + margin, size.height + margin)
    guard picture.width > margin, picture.height > margin,
      (picture.width - margin) % across == 0, (picture.height - margin) % down == 0
    else { return nil }
    columns = (picture.width - margin) / across
    let places = columns * ((picture.height - margin) / down)
    let (row, channels) = (size.width * picture.channels, picture.channels)
    cells = (0..<min(places, count ?? places)).map { [columns] place in
      let left = (place % columns * across + margin) * channels
      let top = place / columns * down + margin
      return PixelImage(
        width: size.width, height: size.height, format: picture.format,
        pixels: (0..<size.height).flatMap { y in
          let start = (top + y) * picture.width * channels + left
          return picture.pixels[start..<(start + row)]
        })
    }
  }
}

extension PixelImage {
  /// The image within a square of `side` pixels, never enlarged.
  package func fitted(in side: Int) -> PixelImage {
    let longest = max(width, height)
    if longest <= side { return self }
    return resampled(
      to: ImageSize(
        width: max(1, width * side / longest), height: max(1, height * side / longest)))
  }

  /// The root mean square difference of all samples from those of another image of the same size and format.
  package func rootMeanSquareError(from other: PixelImage) -> Double {
    var sum = 0
    for (a, b) in zip(pixels, other.pixels) {
      let difference = Int(a) - Int(b)
      sum += difference * difference
    }
    return (Double(sum) / Double(max(1, pixels.count))).squareRoot()
  }
}
