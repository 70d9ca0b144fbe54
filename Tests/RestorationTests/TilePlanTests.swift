import Random
import Restoration
import Testing

@Suite struct TilePlanTests {
  static let sizes = [(1, 1), (7, 3), (32, 32), (33, 64), (200, 61), (97, 131), (321, 481)]

  @Test(arguments: sizes)
  func `tiles cover every pixel with weights that sum to one`(width: Int, height: Int) {
    for (tile, overlap) in [(32, 8), (64, 32), (40, 0), (32, 100)] {
      let plan = TilePlan(
        width: width, height: height, multiple: 8, tile: tile, overlap: overlap)
      #expect(plan.tileWidth <= tile && plan.tileWidth % 8 == 0)
      let ones = [Float](repeating: 1, count: plan.paddedWidth * plan.paddedHeight)
      let sums = plan.blended(ones, channels: 1, batch: 3) { tiles, _ in tiles }
      #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
    }
  }

  @Test(arguments: sizes)
  func `neighboring tiles share at least the overlap`(width: Int, height: Int) {
    let plan = TilePlan(width: width, height: height, multiple: 8, tile: 48, overlap: 16)
    #expect((plan.lefts + plan.tops).allSatisfy { $0 % 8 == 0 })
    for (starts, tile, size) in [
      (plan.lefts, plan.tileWidth, plan.paddedWidth),
      (plan.tops, plan.tileHeight, plan.paddedHeight),
    ] {
      #expect(starts.first == 0 && starts.last == size - tile)
      for (a, b) in zip(starts, starts.dropFirst()) { #expect(a + tile - b >= 16 && b > a) }
    }
  }

  @Test(arguments: sizes)
  func `an image that nothing changes comes back`(width: Int, height: Int) {
    let image = RandomStream(seed: 1, purpose: .crop, index: 0).normals(3 * width * height)
    let plan = TilePlan(width: width, height: height, multiple: 8, tile: 32, overlap: 12)
    var largest = 0
    var back = [Float](repeating: .nan, count: image.count)
    var next = 0
    func rows(_ rows: Range<Int>) -> [Float] {
      RowBand.rows(rows, of: image, channels: 3, width: width, height: height)
    }
    plan.blend(
      channels: (3, 3), batch: 4, rows: { plan.padded($0, channels: 3, of: rows) },
      { tiles, count in
        largest = max(largest, count)
        #expect(tiles.count == count * 3 * plan.tileWidth * plan.tileHeight)
        return tiles
      },
      take: { band in
        guard let band = plan.cropped(band, channels: 3) else { return }
        // One below the other, with their neighbors.
        #expect(band.rows.lowerBound == next)
        next = band.rows.upperBound
        #expect(
          band.seen
            == max(0, band.rows.lowerBound - 1)..<min(height, band.rows.upperBound + 1))
        #expect(zip(band.values, rows(band.seen)).allSatisfy { abs($0 - $1) < 1e-5 })
        band.put(into: &back, width: width, height: height)
      })
    #expect(next == height)
    #expect(largest <= 4)
    #expect(zip(back, image).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `padding mirrors the image without repeating its edge`() {
    let plan = TilePlan(width: 3, height: 1, multiple: 8)
    #expect(plan.paddedWidth == 8 && plan.paddedHeight == 8 && plan.count == 1)
    let padded = plan.padded(0..<8, channels: 1) { _ in [1, 2, 3] }
    #expect(Array(padded[..<8]) == [1, 2, 3, 2, 1, 2, 3, 2])
    #expect(Array(padded[56...]) == [1, 2, 3, 2, 1, 2, 3, 2])
  }

  @Test func `a seam between tiles that differ is smooth`() {
    let plan = TilePlan(width: 96, height: 8, multiple: 8, tile: 64, overlap: 32)
    #expect(plan.lefts == [0, 32])
    let zeros = [Float](repeating: 0, count: 96 * 8)
    var tile: Float = -1
    let sum = plan.blended(zeros, channels: 1, batch: 1) { tiles, _ in
      tile += 1
      return tiles.map { _ in tile }
    }
    let line = Array(sum[..<96])
    // The outer quarters of what they share are not used.
    #expect(line[39] == 0 && line[40] > 0 && line[55] < 1 && line[56] == 1)
    for (a, b) in zip(line, line.dropFirst()) { #expect(b >= a && b - a < 0.11) }
  }
}
