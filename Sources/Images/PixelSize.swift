/// A width and a height in pixels.
package struct PixelSize: Hashable, Sendable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads `64x48`, or `64` for a square.
  package init?(_ text: String) {
    let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, (1...2).contains(parts.count),
      numbers.allSatisfy({ $0 > 0 })
    else { return nil }
    self.init(width: numbers[0], height: numbers[numbers.count - 1])
  }

  /// Pixels.
  package var area: Int { width * height }

  /// `64 x 48`.
  package var description: String { "\(width) x \(height)" }
}
