/// A width and a height in pixels.
package struct PixelSize: Hashable, Codable, Sendable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Pixels.
  package var area: Int { width * height }

  /// `64 x 48`.
  package var description: String { "\(width) x \(height)" }
}
