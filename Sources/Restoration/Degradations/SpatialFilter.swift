import Foundation

/// A Gaussian filter that leaves the variance of white noise as it is: its weights' squares add up to 1.
struct SpatialFilter {
  private let weights: [Float]

  /// How far it reaches, in pixels.
  var reach: Int { weights.count / 2 }

  /// - Parameter radius: the standard deviation in pixels.
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

  /// The values (H, W) filtered along both axes; beyond the edges they are mirrored.
  func applied(to values: [Float], width: Int, height: Int) -> [Float] {
    if weights.count == 1 { return values }
    let rows = pass(values, lines: height, length: width, step: 1, line: width)
    return pass(rows, lines: width, length: height, step: width, line: 1)
  }

  /// The mean of each value's surroundings, weighted.
  func smoothed(_ values: [Float], width: Int, height: Int) -> [Float] {
    let sum = weights.reduce(0, +)
    return applied(to: values, width: width, height: height).map { $0 / (sum * sum) }
  }

  private func pass(
    _ values: [Float], lines: Int, length: Int, step: Int, line: Int
  ) -> [Float] {
    let places = (-reach..<(length + reach)).map { Self.mirrored($0, length) * step }
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

  /// A place inside, as in a mirror at the edge.
  private static func mirrored(_ place: Int, _ length: Int) -> Int {
    let period = 2 * length
    let inside = ((place % period) + period) % period
    return inside < length ? inside : period - 1 - inside
  }
}
