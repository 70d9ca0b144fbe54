internal import CPU
internal import Sampling

/// The nearest of one set of images to each of another, by the root of the mean squared difference of
/// their samples in gray levels of 255.
struct NearestNeighbors {
  /// The nearest image and how far it is.
  struct Neighbor: Codable {
    let index: Int
    let distance: Double
  }

  /// Images that are worked on at once.
  private static let block = 256

  /// For each of the images `chosen` of `a` its nearest in `b`; of equally near ones the first. The processes
  /// share them.
  ///
  /// - Parameters:
  ///   - excludingItself: where `a` is `b`: an image is not its own neighbor.
  ///   - what: what progress counts.
  /// - Returns: on the first process; nothing on the others. Nil where the work is to stop.
  static func find(
    _ chosen: [Int], of a: ImageSet, in b: ImageSet, excludingItself: Bool = false, _ what: String,
    _ context: JobContext
  ) throws -> [Neighbor]? {
    let squaresOfB = squares(b)
    let found = try JobItems<Neighbor>.share(
      chosen.indices, what, of: chosen.count, in: context
    ) { items in
      while let range = items.take(block) {
        guard
          let nearest = nearest(
            Array(chosen[range]), of: a, in: b, squaresOfB, excludingItself: excludingItself,
            shouldStop: { items.isStopped })
        else { break }
        for (number, neighbor) in zip(range, nearest) { items.finish(number, neighbor) }
      }
    }
    if context.anyStops { return nil }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The nearest in `b` to each of some images of `a`; nil where `shouldStop` has answered yes.
  private static func nearest(
    _ images: [Int], of a: ImageSet, in b: ImageSet, _ squaresOfB: [Double],
    excludingItself: Bool, shouldStop: () -> Bool
  ) -> [Neighbor]? {
    let length = a.length
    let rows = a.rows(images)
    var best = [(index: Int, distance: Double)](
      repeating: (-1, .infinity), count: images.count)
    for first in stride(from: 0, to: b.count, by: block) {
      if shouldStop() { return nil }
      let candidates = first..<min(first + block, b.count)
      // Whole numbers below 2^53: |x|² + |y|² - 2 x·y loses nothing.
      let products = InnerProducts.of(rows, b.rows(candidates), length: length)
      for (r, image) in images.enumerated() {
        for candidate in candidates where !(excludingItself && candidate == image) {
          let product = products[r * candidates.count + candidate - first]
          let distance = squaresOfB[candidate] - 2 * product
          if distance < best[r].distance { best[r] = (candidate, distance) }
        }
      }
    }
    return best.enumerated().map { r, best in
      let square = rows[(r * length)..<((r + 1) * length)].reduce(0) { $0 + $1 * $1 }
      return Neighbor(
        index: best.index, distance: ((square + best.distance) / Double(length)).squareRoot())
    }
  }

  private static func squares(_ set: ImageSet) -> [Double] {
    (0..<set.count).map { i in
      let samples = set.pixels[(i * set.length)..<((i + 1) * set.length)]
      return Double(samples.reduce(0) { $0 + Int($1) * Int($1) })
    }
  }
}
