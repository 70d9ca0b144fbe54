internal import CPU

/// The nearest of one set of images to each of another, by the root of the mean squared difference of
/// their samples in grey levels of 255.
struct NearestNeighbours {
  /// The nearest image and how far it is.
  struct Neighbour {
    let index: Int
    let distance: Double
  }

  /// Images that are worked on at once.
  private static let block = 256

  /// For each of the images `chosen` of `a` its nearest in `b`; of equally near ones the first.
  ///
  /// - Parameters:
  ///   - excludingItself: where `a` is `b`: an image is not its own neighbour.
  ///   - progress: is told how many of `chosen` are done.
  ///   - shouldStop: asked now and then; the result is nil where it answers yes.
  static func find(
    _ chosen: [Int], of a: ImageSet, in b: ImageSet, excludingItself: Bool = false,
    progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) -> [Neighbour]? {
    let length = a.length
    var found: [Neighbour] = []
    let squaresOfB = squares(b)
    for start in stride(from: 0, to: chosen.count, by: block) {
      let images = chosen[start..<min(start + block, chosen.count)]
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
      for (r, best) in best.enumerated() {
        let square = rows[(r * length)..<((r + 1) * length)].reduce(0) { $0 + $1 * $1 }
        found.append(
          Neighbour(
            index: best.index,
            distance: ((square + best.distance) / Double(length)).squareRoot()))
      }
      progress(start + images.count)
    }
    return found
  }

  private static func squares(_ set: ImageSet) -> [Double] {
    (0..<set.count).map { i in
      let samples = set.pixels[(i * set.length)..<((i + 1) * set.length)]
      return Double(samples.reduce(0) { $0 + Int($1) * Int($1) })
    }
  }
}
