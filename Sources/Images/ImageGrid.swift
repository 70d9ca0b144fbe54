package import PNGCodec

/// Images side by side in one picture.
package enum ImageGrid {
  /// A picture of equal images in rows, about as wide as it is high, with a margin between them.
  ///
  /// - Parameters:
  ///   - images: all of one size and format, at least one.
  ///   - columns: nil for the smallest number whose square holds them all.
  ///   - margin: pixels of white between and around the images.
  package static func arrange(_ images: [PixelImage], columns: Int? = nil, margin: Int = 2)
    -> PixelImage
  {
    precondition(!images.isEmpty, "a grid of no images")
    let first = images[0]
    var across = columns ?? 1
    if columns == nil { while across * across < images.count { across += 1 } }
    let down = (images.count + across - 1) / across
    let (cellWidth, cellHeight) = (first.width + margin, first.height + margin)
    var grid = PixelImage(
      width: across * cellWidth + margin, height: down * cellHeight + margin,
      format: first.format, filledWith: 255)
    for (position, image) in images.enumerated() {
      precondition(
        image.width == first.width && image.height == first.height && image.format == first.format,
        "the images of a grid differ in size")
      let left = (position % across * cellWidth + margin) * image.channels
      let top = position / across * cellHeight + margin
      let row = image.width * image.channels
      for y in 0..<image.height {
        let start = (top + y) * grid.width * grid.channels + left
        grid.pixels.replaceSubrange(
          start..<(start + row), with: image.pixels[(y * row)..<((y + 1) * row)])
      }
    }
    return grid
  }
}
