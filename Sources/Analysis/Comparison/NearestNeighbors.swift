internal import CPU
internal import Sampling

/// A set of points: rows of numbers of one length, such as images or features.
struct Points {
  /// How many there are.
  let count: Int
  /// Numbers in a row.
  let length: Int
  /// Some of them, (n, length).
  let rows: (Range<Int>) -> [Double]
}

/// What lies about a point of one set among those of another, by squared distance.
struct NearestNeighbors: Codable {
  /// The nearest point; of equally near ones the first.
  let index: Int
  /// The squared distances to the nearest points, the least first.
  let squares: [Double]
  /// By list of radii: how many points of the other set have this one no farther than their radius.
  let within: [Int]

  /// Points that are worked on at once.
  private static let block = 256

  /// For each point of `a` its nearest in `b`. The processes share them. Only a block of the distances is
  /// in memory at a time.
  ///
  /// - Parameters:
  ///   - k: how many are looked for; fewer where `b` has not as many.
  ///   - excludingItself: where `a` is `b`: a point is not its own neighbor.
  ///   - radii: lists of squared radii of the points of `b`.
  ///   - what: what progress counts.
  /// - Returns: on the first process; nothing on the others. Nil where the work is to stop.
  static func find(
    _ k: Int, of a: Points, in b: Points, excludingItself: Bool = false, radii: [[Double]] = [],
    _ what: String, _ context: JobContext
  ) throws -> [NearestNeighbors]? {
    let found = try JobItems<NearestNeighbors>.share(
      0..<a.count, what, of: a.count, in: context
    ) { items in
      while let range = items.take(block) {
        guard
          let nearest = nearest(
            k, of: range, a, in: b, excludingItself: excludingItself, radii,
            shouldStop: { items.isStopped })
        else { break }
        for (number, neighbors) in zip(range, nearest) { items.finish(number, neighbors) }
      }
    }
    if context.anyStops { return nil }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Those of a range of `a`; nil where `shouldStop` has answered yes.
  private static func nearest(
    _ k: Int, of range: Range<Int>, _ a: Points, in b: Points, excludingItself: Bool,
    _ radii: [[Double]], shouldStop: () -> Bool
  ) -> [NearestNeighbors]? {
    let rows = a.rows(range)
    var best = range.map { _ in Nearest(k) }
    var within = range.map { _ in radii.map { _ in 0 } }
    for first in stride(from: 0, to: b.count, by: block) {
      if shouldStop() { return nil }
      let candidates = first..<min(first + block, b.count)
      let squares = InnerProducts.squaredDistances(rows, b.rows(candidates), length: a.length)
      for (r, point) in range.enumerated() {
        let row = squares[(r * candidates.count)..<((r + 1) * candidates.count)]
        for (candidate, square) in zip(candidates, row)
        where !(excludingItself && candidate == point) {
          best[r].take(candidate, square)
        }
        for (list, radii) in radii.enumerated() {
          within[r][list] += zip(row, radii[candidates]).count { $0 <= $1 }
        }
      }
    }
    return zip(best, within).map { best, within in
      NearestNeighbors(index: best.index, squares: best.squares, within: within)
    }
  }

  /// The nearest seen so far.
  private struct Nearest {
    let k: Int
    var index = -1
    var squares: [Double] = []

    init(_ k: Int) { self.k = k }

    mutating func take(_ candidate: Int, _ square: Double) {
      if let last = squares.last, squares.count == k {
        if square >= last { return }
        squares.removeLast()
      }
      // After those that are equally near.
      let place = squares.firstIndex { $0 > square } ?? squares.count
      if place == 0 { index = candidate }
      squares.insert(square, at: place)
    }
  }
}
