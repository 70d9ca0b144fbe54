/// Some rows of an image, with one more above and one below where there is one, for what looks at neighbors.
package struct RowBand {
  /// The rows that it is about.
  package let rows: Range<Int>
  /// The rows that there are values of.
  package let seen: Range<Int>
  /// (C, seen rows, W) on the [-1, 1] scale.
  package var values: [Float]

  package init(rows: Range<Int>, seen: Range<Int>, values: [Float]) {
    (self.rows, self.seen, self.values) = (rows, seen, values)
  }

  /// A whole image (C, H, W).
  init(whole values: [Float], height: Int) {
    self.init(rows: 0..<height, seen: 0..<height, values: values)
  }

  /// With the mean of the first three channels in place of each.
  func gray(width: Int) -> RowBand {
    let area = seen.count * width
    var result = self
    for i in 0..<area {
      let mean = (values[i] + values[area + i] + values[2 * area + i]) / 3
      for c in 0..<3 { result.values[c * area + i] = mean }
    }
    return result
  }

  /// (C, rows, W): the rows without their neighbors.
  func trimmed(channels: Int, width: Int) -> [Float] {
    let first = rows.lowerBound - seen.lowerBound
    return Self.rows(
      first..<(first + rows.count), of: values, channels: channels, width: width,
      height: seen.count)
  }

  /// Puts the rows, without their neighbors, into an image (C, H, W).
  package func put(into image: inout [Float], width: Int, height: Int) {
    let size = rows.count * width
    for c in 0..<(image.count / (width * height)) {
      let source = (c * seen.count + rows.lowerBound - seen.lowerBound) * width
      let target = (c * height + rows.lowerBound) * width
      image.replaceSubrange(target..<(target + size), with: values[source..<(source + size)])
    }
  }

  /// Some rows (C, rows, W) of an image (C, H, W).
  package static func rows(
    _ rows: Range<Int>, of image: [Float], channels: Int, width: Int, height: Int
  ) -> [Float] {
    if rows == 0..<height { return image }
    var result: [Float] = []
    result.reserveCapacity(channels * rows.count * width)
    for c in 0..<channels {
      result +=
        image[((c * height + rows.lowerBound) * width)..<((c * height + rows.upperBound) * width)]
    }
    return result
  }
}
