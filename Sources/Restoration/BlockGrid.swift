/// An image in blocks of pixels: their means, and how pixels read what belongs to the blocks.
struct BlockGrid {
  /// Pixels of a block's edge.
  static let side = 8

  let width: Int
  let height: Int
  let columns: Int
  let rows: Int

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    columns = (width + Self.side - 1) / Self.side
    rows = (height + Self.side - 1) / Self.side
  }

  /// The number of blocks.
  var count: Int { columns * rows }

  /// The blocks' numbers, row by row.
  var indices: Range<Int> { 0..<count }

  /// The mean over each block of what pixels have.
  func means(_ value: (_ pixel: Int) -> Float) -> [Float] {
    (0..<rows).flatMap { row -> [Float] in
      let lines = (row * Self.side)..<min((row + 1) * Self.side, height)
      var sums = [Float](repeating: 0, count: width)
      for y in lines {
        for x in 0..<width { sums[x] += value(y * width + x) }
      }
      return (0..<columns).map { c in
        let block = sums[(c * Self.side)..<min((c + 1) * Self.side, width)]
        return block.reduce(0, +) / Float(block.count * lines.count)
      }
    }
  }

  /// Filtered over neighboring blocks.
  func smoothed(_ blocks: [Float], _ filter: SpatialFilter) -> [Float] {
    filter.smoothed(blocks, width: columns, height: rows)
  }

  /// Calls `body` with each pixel of a row and its value, on a line between the middles of the blocks around it.
  func forEachPixel(inRow y: Int, of blocks: [Float], _ body: (_ x: Int, _ value: Float) -> Void) {
    let (upper, lower, share) = place(y)
    func line(_ c: Int) -> Float {
      let above = blocks[upper * columns + c]
      return above + share * (blocks[lower * columns + c] - above)
    }
    for c in 0...columns {
      let middle = c * Self.side - Self.side / 2
      let left = line(max(c - 1, 0))
      let step = (line(min(c, columns - 1)) - left) / Float(Self.side)
      let end = min(middle + Self.side, width)
      for x in max(middle, 0)..<max(middle, 0, end) {
        body(x, left + step * (Float(x - middle) + 0.5))
      }
    }
  }

  /// The rows of blocks between whose middles a row of pixels lies, and how near it is to the second.
  private func place(_ y: Int) -> (Int, Int, share: Float) {
    let place = (Float(y) + 0.5) / Float(Self.side) - 0.5
    let row = max(0, Int(place))
    return (row, min(row + 1, rows - 1), max(0, place - Float(row)))
  }
}
