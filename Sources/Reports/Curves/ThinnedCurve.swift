/// A curve over steps in a bounded number of pieces, however long it is: of the values in each piece the
/// smallest, the largest and the mean are kept, so that no peak is lost.
package struct ThinnedCurve: Sendable {
  /// Neighboring values.
  package struct Piece: Equatable, Sendable {
    /// The first and the last step that have a value.
    package var first, last: Int
    package var least, most: Double
    var sum: Double
    var count: Int

    package var mean: Double { sum / Double(count) }
    package var middle: Double { (Double(first) + Double(last)) / 2 }

    fileprivate mutating func add(_ other: Piece) {
      last = other.last
      (least, most) = (min(least, other.least), max(most, other.most))
      (sum, count) = (sum + other.sum, count + other.count)
    }
  }

  /// More than a curve on a screen has columns of pixels.
  package static let capacity = 1024

  package private(set) var pieces: [Piece] = []
  /// Steps to a piece.
  private var width = 1

  package init() {}

  /// Adds a value; steps rise, and what does not is left out.
  package mutating func add(_ step: Int, _ value: Double) {
    guard value.isFinite, step >= 0, step > pieces.last?.last ?? -1 else { return }
    while step / width >= Self.capacity { widen() }
    let piece = Piece(
      first: step, last: step, least: value, most: value, sum: value, count: 1)
    if let last = pieces.last, last.first / width == step / width {
      pieces[pieces.count - 1].add(piece)
    } else {
      pieces.append(piece)
    }
  }

  private mutating func widen() {
    width *= 2
    var merged: [Piece] = []
    for piece in pieces {
      if let last = merged.last, last.first / width == piece.first / width {
        merged[merged.count - 1].add(piece)
      } else {
        merged.append(piece)
      }
    }
    pieces = merged
  }

  package var isEmpty: Bool { pieces.isEmpty }
  package var lastStep: Int? { pieces.last?.last }
  /// How many values there are.
  package var count: Int { pieces.reduce(0) { $0 + $1.count } }

  /// The values, one for a piece.
  package var points: [Point] { pieces.map { Point($0.middle, $0.mean) } }

  /// The same with each value averaged with its neighbors, the nearer the more (a triangle of a fiftieth of
  /// the curve to both sides).
  package var smoothed: [Point] {
    let reach = max(1, pieces.count / 50)
    return pieces.indices.map { i in
      var (sum, weights) = (0.0, 0.0)
      for j in max(0, i - reach)...min(i + reach, pieces.count - 1) {
        let weight = Double((reach + 1 - abs(i - j)) * pieces[j].count)
        sum += weight * pieces[j].mean
        weights += weight
      }
      return Point(pieces[i].middle, sum / weights)
    }
  }

  /// The mean over the last part of the curve, from 0 to 1; nil of an empty one.
  package func mean(ofLast part: Double) -> Double? {
    guard let last = pieces.last, let first = pieces.first else { return nil }
    let start = Double(last.last) - part * Double(last.last - first.first)
    let own = pieces.filter { Double($0.last) >= start }
    let count = own.reduce(0) { $0 + $1.count }
    return count == 0 ? nil : own.reduce(0) { $0 + $1.sum } / Double(count)
  }
}

/// A point of a curve.
package struct Point: Equatable, Sendable {
  package let x, y: Double
  package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}
