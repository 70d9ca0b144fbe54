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
      var sums = [Float](repeating: 0, count: plan.paddedWidth * plan.paddedHeight)
      let ones = [Float](repeating: 1, count: plan.tileWidth * plan.tileHeight)
      for index in 0..<plan.count { plan.add(ones, index, to: &sums, channels: 1) }
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
    let padded = plan.padded(image, channels: 3)
    var largest = 0
    let blended = plan.blended(padded, channels: 3, batch: 4) { tiles, count in
      largest = max(largest, count)
      #expect(tiles.count == count * 3 * plan.tileWidth * plan.tileHeight)
      return tiles
    }
    #expect(largest == min(4, plan.count))
    let back = plan.cropped(blended, channels: 3)
    #expect(back.count == image.count)
    #expect(zip(back, image).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `padding mirrors the image without repeating its edge`() {
    let plan = TilePlan(width: 3, height: 1, multiple: 8)
    #expect(plan.paddedWidth == 8 && plan.paddedHeight == 8 && plan.count == 1)
    let padded = plan.padded([1, 2, 3], channels: 1)
    #expect(Array(padded[..<8]) == [1, 2, 3, 2, 1, 2, 3, 2])
    #expect(Array(padded[56...]) == [1, 2, 3, 2, 1, 2, 3, 2])
  }

  @Test func `a seam between tiles that differ is smooth`() {
    let plan = TilePlan(width: 96, height: 8, multiple: 8, tile: 64, overlap: 32)
    #expect(plan.lefts == [0, 32])
    var sum = [Float](repeating: 0, count: 96 * 8)
    let area = plan.tileWidth * plan.tileHeight
    plan.add([Float](repeating: 0, count: area), 0, to: &sum, channels: 1)
    plan.add([Float](repeating: 1, count: area), 1, to: &sum, channels: 1)
    let line = Array(sum[..<96])
    // The outer quarters of what they share are not used.
    #expect(line[39] == 0 && line[40] > 0 && line[55] < 1 && line[56] == 1)
    for (a, b) in zip(line, line.dropFirst()) { #expect(b >= a && b - a < 0.11) }
  }
}
