import Foundation
internal import Images

/// A Gaussian filter, or the sum of two, that leaves the variance of white noise as it is: its weights' squares add up to 1.
struct SpatialFilter {
  private let parts: [(filter: Gaussian, weight: Float)]

  /// How far it reaches, in pixels.
  var reach: Int { parts.map(\.filter.reach).max() ?? 0 }

  /// - Parameters:
  ///   - radius: the standard deviation in pixels.
  ///   - wide: the weight of a second Gaussian, three times as wide, from 0 to 1; the first has the rest.
  init(radius: Double, wide: Double = 0) {
    let fine = Gaussian(radius: radius)
    if wide == 0 {
      parts = [(fine, 1)]
      return
    }
    let coarse = Gaussian(radius: 3 * radius)
    let shared = fine.product(coarse)
    let norm = ((1 - wide) * (1 - wide) + wide * wide + 2 * wide * (1 - wide) * shared)
      .squareRoot()
    parts = [(fine, Float((1 - wide) / norm)), (coarse, Float(wide / norm))]
  }

  /// The values (H, W) filtered; beyond the edges they are mirrored.
  func applied(to values: [Float], width: Int, height: Int) -> [Float] {
    if parts.count == 1 {
      return parts[0].filter.applied(to: values, width: width, height: height)
    }
    var sum = [Float](repeating: 0, count: values.count)
    for (filter, weight) in parts {
      let filtered = filter.applied(to: values, width: width, height: height)
      for i in sum.indices { sum[i] += weight * filtered[i] }
    }
    return sum
  }

  /// The mean of each value's surroundings, weighted.
  func smoothed(_ values: [Float], width: Int, height: Int) -> [Float] {
    let sum = parts.reduce(0) { $0 + $1.weight * $1.filter.sum }
    return applied(to: values, width: width, height: height).map { $0 / sum }
  }
}

/// A Gaussian filter along both axes whose weights' squares add up to 1.
private struct Gaussian {
  /// Along one axis.
  private let weights: [Float]

  init(radius: Double) {
    guard radius > 0.05 else {
      weights = [1]
      return
    }
    let reach = Int((3 * radius).rounded(.up))
    let raw = (-reach...reach).map { exp(-Double($0 * $0) / (2 * radius * radius)) }
    let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    weights = raw.map { Float($0 / norm) }
  }

  /// How far it reaches, in pixels.
  var reach: Int { weights.count / 2 }

  /// The sum of its weights.
  var sum: Float {
    let line = weights.reduce(0, +)
    return line * line
  }

  /// The sum of the products of its weights with those of a wider one.
  func product(_ wider: Self) -> Double {
    let first = wider.reach - reach
    let line = weights.indices.reduce(0.0) {
      $0 + Double(weights[$1]) * Double(wider.weights[first + $1])
    }
    return line * line
  }

  func applied(to values: [Float], width: Int, height: Int) -> [Float] {
    if weights.count == 1 { return values }
    let rows = pass(values, lines: height, length: width, step: 1, line: width)
    return pass(rows, lines: width, length: height, step: width, line: 1)
  }

  private func pass(
    _ values: [Float], lines: Int, length: Int, step: Int, line: Int
  ) -> [Float] {
    let places = (-reach..<(length + reach)).map { Reflection.halfSample($0, of: length) * step }
    var padded = [Float](repeating: 0, count: places.count)
    var result = values
    for i in 0..<lines {
      for (j, place) in places.enumerated() { padded[j] = values[i * line + place] }
      for j in 0..<length {
        var sum: Float = 0
        for k in weights.indices { sum += weights[k] * padded[j + k] }
        result[i * line + j * step] = sum
      }
    }
    return result
  }
}
