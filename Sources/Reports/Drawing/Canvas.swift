import Foundation
package import PNGCodec

/// A picture that lines and letters are drawn into, smooth at their edges. Points are in pixels, from the upper
/// left corner.
package struct Canvas {
  package typealias Color = (red: Double, green: Double, blue: Double)

  package let width, height: Int
  private var values: [Float]

  /// A white one.
  package init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    values = [Float](repeating: 255, count: 3 * width * height)
  }

  /// Mixes a color into a pixel.
  private mutating func mix(_ color: Color, _ part: Double, x: Int, y: Int) {
    if part <= 0 || x < 0 || y < 0 || x >= width || y >= height { return }
    let (at, part) = (3 * (y * width + x), Float(min(part, 1)))
    values[at] += part * (Float(color.red) - values[at])
    values[at + 1] += part * (Float(color.green) - values[at + 1])
    values[at + 2] += part * (Float(color.blue) - values[at + 2])
  }

  /// Draws lines from point to point, with round ends; of one point a dot.
  ///
  /// - Parameters:
  ///   - clip: nothing is drawn outside.
  package mutating func draw(
    _ points: [Point], _ color: Color, width thickness: Double, opacity: Double = 1,
    clip: (left: Double, top: Double, right: Double, bottom: Double)? = nil
  ) {
    // What is covered by several pieces is mixed once.
    var covered: [Int: Double] = [:]
    let reach = thickness / 2 + 0.5
    func cover(_ a: Point, _ b: Point) {
      let length = (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)
      func range(_ a: Double, _ b: Double, _ low: Double, _ high: Double, _ count: Int) -> Range<
        Int
      > {
        let first = max(max(min(a, b) - reach, low), 0)
        let last = min(min(max(a, b) + reach, high), Double(count - 1))
        return first > last ? 0..<0 : Int(first)..<(Int(last) + 1)
      }
      let rows = range(a.y, b.y, clip?.top ?? 0, clip?.bottom ?? .infinity, height)
      let columns = range(a.x, b.x, clip?.left ?? 0, clip?.right ?? .infinity, width)
      for y in rows {
        for x in columns {
          let (px, py) = (Double(x) + 0.5 - a.x, Double(y) + 0.5 - a.y)
          let along =
            length > 0 ? min(max((px * (b.x - a.x) + py * (b.y - a.y)) / length, 0), 1) : 0
          let (dx, dy) = (px - along * (b.x - a.x), py - along * (b.y - a.y))
          let part = min(max(reach - (dx * dx + dy * dy).squareRoot(), 0), 1)
          if part > 0 { covered[y * width + x] = max(part, covered[y * width + x] ?? 0) }
        }
      }
    }
    if points.count == 1 { cover(points[0], points[0]) }
    for (a, b) in zip(points, points.dropFirst()) { cover(a, b) }
    for (place, part) in covered {
      mix(color, part * opacity, x: place % width, y: place / width)
    }
  }

  /// Fills what lies between two lines of equal x, as far as it is within a box.
  package mutating func fill(
    _ above: [Point], _ below: [Point], _ color: Color, opacity: Double,
    clip: (left: Double, top: Double, right: Double, bottom: Double)
  ) {
    func y(_ line: [Point], _ x: Double, _ i: inout Int) -> Double? {
      while i + 2 < line.count, line[i + 1].x < x { i += 1 }
      guard i + 1 < line.count, line[i].x <= x, x <= line[i + 1].x else { return nil }
      let part = (x - line[i].x) / max(line[i + 1].x - line[i].x, 1e-9)
      return line[i].y + part * (line[i + 1].y - line[i].y)
    }
    var (i, j) = (0, 0)
    for x in max(0, Int(clip.left))..<max(0, min(width, Int(clip.right.rounded(.up)))) {
      guard let top = y(above, Double(x) + 0.5, &i), let bottom = y(below, Double(x) + 0.5, &j)
      else { continue }
      let (high, low) = (max(top, clip.top), min(bottom, clip.bottom))
      guard high < low else { continue }
      for row in Int(high)...Int(low) {
        let part = min(Double(row + 1), low) - max(Double(row), high)
        mix(color, part * opacity, x: x, y: row)
      }
    }
  }

  package enum Alignment { case left, middle, right }

  /// Writes a text whose baseline ends or begins at a point, letters of `size` pixels from foot to head.
  package mutating func write(
    _ text: String, at point: Point, _ color: Color, size: Double, _ alignment: Alignment = .left,
    weight: Double = 1
  ) {
    let unit = size / 7
    let width = StrokeFont.width(of: text) * unit
    var x = point.x
    switch alignment {
    case .left: break
    case .middle: x -= width / 2
    case .right: x -= width
    }
    for letter in text {
      let glyph = StrokeFont.glyph(letter)
      for stroke in glyph.strokes {
        draw(
          stroke.map { Point(x + ($0.x + 0.5) * unit, point.y - (6.5 - $0.y) * unit) }, color,
          width: 0.95 * unit * weight)
      }
      x += glyph.width * unit
    }
  }

  /// The picture.
  package var image: PixelImage {
    PixelImage(
      width: width, height: height, format: .rgb,
      pixels: values.map { UInt8(min(max($0.rounded(), 0), 255)) })
  }
}
