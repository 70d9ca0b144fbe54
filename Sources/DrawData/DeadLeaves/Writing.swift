#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Lines of strokes that look like writing: each sign some strokes on a grid of two by four.
struct Writing {
  private let place: Point
  private let direction: Point
  /// Height of a sign.
  private let height: Double
  private let thickness: Double
  let ink: Light
  /// For each line the strokes of its signs, in units of the height.
  private let lines: [[[(Point, Point)]]]

  /// - Parameter size: pixels of the picture's side.
  init(size: Int, _ numbers: inout Numbers) {
    place = Point(numbers.uniform(in: 0...0.8), numbers.uniform(in: 0...0.9))
    direction = numbers.chance(0.8) ? Point(1, 0) : heading(numbers.uniform(in: -1...1))
    height = numbers.uniform(in: 7...36) / Double(size)
    thickness = height * numbers.uniform(in: 0.08...0.2)
    ink =
      Color(
        numbers.chance(0.5) ? numbers.uniform(in: 0...0.25) : numbers.uniform(in: 0.8...1),
        numbers.chance(0.7) ? 0 : numbers.uniform(in: 0...0.2), numbers.uniform(in: 0...360)
      ).light
    var lines: [[[(Point, Point)]]] = []
    for _ in 0..<(1 + numbers.index(below: 8)) {
      var signs: [[(Point, Point)]] = []
      for _ in 0..<(4 + numbers.index(below: 24)) {
        var strokes: [(Point, Point)] = []
        // A space between words.
        for _ in 0..<(numbers.chance(0.16) ? 0 : 2 + numbers.index(below: 3)) {
          func knot() -> Point {
            Point(Double(numbers.index(below: 3)) * 0.25, Double(numbers.index(below: 4)) / 3)
          }
          strokes.append((knot(), knot()))
        }
        signs.append(strokes)
      }
      lines.append(signs)
    }
    self.lines = lines
  }

  /// Whether a point is covered by ink.
  func covers(_ point: Point) -> Bool {
    let p = (point - place) / height
    let (x, y) = (dot(p, direction), dot(p, quarterTurn(direction)))
    let (line, sign) = (Int(floor(y / 1.6)), Int(floor(x / 0.75)))
    guard lines.indices.contains(line), lines[line].indices.contains(sign) else { return false }
    let local = Point(x - 0.75 * Double(sign), y - 1.6 * Double(line))
    let reach = thickness / height / 2
    return lines[line][sign].contains { start, end in
      let along = end - start
      let t = clamp(dot(local - start, along) / max(dot(along, along), 1e-9))
      return length(local - start - along * t) < reach
    }
  }
}
