import Analysis
import Testing

/// What distances to nearest neighbors are like.
@Suite struct DistancesTests {
  static let medians: [(distances: [Double], median: Double)] = [
    ([3], 3), ([4, 1], 2.5), ([5, 1, 2], 2), ([9, 1, 2, 4], 3), ([1, 1, 2, 2], 1.5),
  ]

  @Test(arguments: medians)
  func `the median of an even number is the mean of the two in the middle`(
    distances: [Double], median: Double
  ) {
    #expect(Comparison.Distances(distances).median == median)
  }
}
