import Foundation
import Random
import Testing

@Suite struct DistributionTests {
  static let count = 10_000_000
  /// Ten million normal numbers, made once.
  static let normals = RandomStream(seed: 1, purpose: .trainingNoise, index: 3).normals(count)

  @Test func `moments of ten million normal numbers are those of N(0, 1)`() {
    var sums = [0.0, 0.0, 0.0, 0.0]
    for x in Self.normals {
      var power = 1.0
      for k in 0..<4 {
        power *= Double(x)
        sums[k] += power
      }
    }
    // Five standard errors: the variances of x, x^2, x^3 and x^4 are 1, 2, 15 and 96.
    for (k, (expected, variance)) in [(0.0, 1.0), (1, 2), (0, 15), (3, 96)].enumerated() {
      let moment = sums[k] / Double(Self.count)
      #expect(abs(moment - expected) < 5 * (variance / Double(Self.count)).squareRoot())
    }
  }

  @Test func `the Kolmogorov-Smirnov distance of ten million normal numbers is small`() {
    // The distance at the edges of fine bins; within a bin it can differ by the bin's content only.
    let bins = 1 << 16
    var counts = [Int](repeating: 0, count: bins)
    let scale = Float(bins) / 16
    for x in Self.normals { counts[max(0, min(bins - 1, Int((x + 8) * scale)))] += 1 }
    var seen = 0
    var distance = 0.0
    for bin in 0..<(bins - 1) {
      seen += counts[bin]
      let edge = Double(bin + 1) * 16 / Double(bins) - 8
      let expected = erfc(-edge / 2.0.squareRoot()) / 2
      distance = max(distance, abs(Double(seen) / Double(Self.count) - expected))
    }
    // Kolmogorov's distribution: 1.95 / sqrt(n) is exceeded with probability 0.001.
    #expect(distance < 1.95 / Double(Self.count).squareRoot())
  }

  @Test func `the tails of ten million normal numbers have the right weight`() {
    for threshold in [Float(3), 4, 5] {
      let expected = Double(Self.count) * erfc(Double(threshold) / 2.0.squareRoot())
      let found = Self.normals.reduce(0) { $0 + (abs($1) > threshold ? 1 : 0) }
      #expect(abs(Double(found) - expected) < 5 * expected.squareRoot())
    }
  }

  /// Neighbors of a sequence, and streams that differ in one word of the key or the counter.
  @Test func `neighboring numbers and neighboring streams are uncorrelated`() {
    let n = 1_000_000
    let base = Array(Self.normals.prefix(n))
    let others = [
      RandomStream(seed: 1, purpose: .trainingNoise, index: 4),
      RandomStream(seed: 1, purpose: .trainingNoise, index: 3, step: 1),
      RandomStream(seed: 1, purpose: .samplerNoise, index: 3),
      RandomStream(seed: 1, purpose: .trainingNoise, index: 3, site: 1),
      RandomStream(seed: 2, purpose: .trainingNoise, index: 3),
      RandomStream(seed: 1 | 1 << 32, purpose: .trainingNoise, index: 3),
    ].map { $0.normals(n) }
    let lagged = (1...8).map { Array(Self.normals[$0..<($0 + n)]) }
    for other in others + lagged {
      // Of the numbers, and of their squares, which share a radius within a Box-Muller pair.
      var linear = 0.0
      var squares = 0.0
      for (x, y) in zip(base, other) {
        linear += Double(x * y)
        squares += (Double(x * x) - 1) * (Double(y * y) - 1)
      }
      #expect(abs(linear) / Double(n) < 5 / Double(n).squareRoot())
      #expect(abs(squares) / Double(n) < 5 * 2 / Double(n).squareRoot())
    }
  }

  @Test func `uniform numbers fill their interval evenly`() {
    let stream = RandomStream(seed: 9, purpose: .crop, index: 0)
    var numbers = [Float](repeating: -1, count: 1 << 20)
    stream.fillUniform(&numbers)
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    var counts = [Double](repeating: 0, count: 256)
    for x in numbers { counts[min(255, Int(x * 256))] += 1 }
    let expected = Double(numbers.count) / 256
    let chiSquared = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    #expect(abs(chiSquared - 255) < 5 * (2.0 * 255).squareRoot())
  }

  @Test(arguments: [1, 2, 3, 10, 1000])
  func `whole numbers below a bound are equally likely`(bound: Int) {
    let stream = RandomStream(seed: 5, purpose: .trainingTimestep, index: 0)
    let draws = 200_000
    var counts = [Double](repeating: 0, count: bound)
    for position in 0..<draws { counts[stream.integer(below: bound, at: position)] += 1 }
    let expected = Double(draws) / Double(bound)
    let chiSquared = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    #expect(abs(chiSquared - Double(bound - 1)) <= 5 * (2 * Double(bound)).squareRoot())
  }
}
