package import PNGCodec

// The chart as pixels, for papers and programs that take no SVG: the same axes, curves and colors.
extension Chart {
  private static let ink: Canvas.Color = (29, 29, 27)
  private static let muted: Canvas.Color = (98, 98, 92)
  private static let rule: Canvas.Color = (228, 227, 221)
  /// The colors of curves on white, as in `PageStyle`.
  private static let colors: [Canvas.Color] = [
    (40, 87, 197), (177, 72, 10), (11, 114, 104), (122, 63, 196), (179, 38, 63), (106, 103, 0),
  ]

  private static func color(_ number: Color) -> Canvas.Color { colors[(number - 1) % colors.count] }

  /// The chart in 1,440 x 840 pixels, higher where the names of the curves take more than a line.
  package var picture: PixelImage {
    let (left, right) = (140.0, 1390.0)
    let key = key(width: right - left)
    let more = 34 * Double(max(0, key.map(\.row).max() ?? 0))
    let (width, height) = (1440, 840 + Int(more))
    let box = (left: left, top: 130.0 + more, right: right, bottom: 740.0 + more)
    var canvas = Canvas(width: width, height: height)
    let (x, y) = (xAxis, yAxis)
    func across(_ value: Double) -> Double { box.left + (box.right - box.left) * x.place(value) }
    func down(_ value: Double) -> Double {
      box.bottom - (box.bottom - box.top) * min(max(y.place(value), -1), 2)
    }
    for value in y.ticks() {
      let at = down(value)
      canvas.draw([Point(box.left, at), Point(box.right, at)], Self.rule, width: 1.5)
      canvas.write(
        Axis.label(value), at: Point(box.left - 16, at + 9), Self.muted, size: 19, .right)
    }
    for value in x.ticks(4) where axes.x != "step" || value == value.rounded() {
      canvas.write(
        Axis.label(value), at: Point(across(value), box.bottom + 36), Self.muted, size: 19, .middle)
    }
    draw(in: &canvas, clip: box, across, down)
    canvas.draw([Point(box.left, box.bottom), Point(box.right, box.bottom)], Self.muted, width: 2)
    let name = axes.y.isEmpty ? title : "\(title), \(axes.y)"
    canvas.write(name, at: Point(box.left, 52), Self.ink, size: 24, weight: 1.2)
    canvas.write(axes.x, at: Point(box.right, Double(height) - 24), Self.muted, size: 19, .right)
    for (curve, place) in zip(curves, key) {
      let (from, down) = (left + place.left, 89 + 34 * Double(place.row))
      canvas.draw([Point(from, down), Point(from + 28, down)], Self.color(curve.color), width: 5)
      canvas.write(curve.name, at: Point(from + 42, down + 9), Self.ink, size: 19)
    }
    return canvas.image
  }

  /// Where the curves are named, in rows; nowhere where there is but one.
  private func key(width: Double) -> [(row: Int, left: Double)] {
    if curves.count < 2 { return [] }
    var (row, left) = (0, 0.0)
    return curves.map { curve in
      let own = 42 + StrokeFont.width(of: curve.name) * 19 / 7
      if left > 0, left + own > width { (row, left) = (row + 1, 0) }
      defer { left += own + 44 }
      return (row, left)
    }
  }

  private func draw(
    in canvas: inout Canvas, clip: (left: Double, top: Double, right: Double, bottom: Double),
    _ across: (Double) -> Double, _ down: (Double) -> Double
  ) {
    if let band {
      let (above, below) = (
        band.pieces.map { Point(across($0.middle), down($0.most)) },
        band.pieces.map { Point(across($0.middle), down($0.least)) }
      )
      canvas.fill(above, below, Self.color(band.color), opacity: 0.16, clip: clip)
    }
    for curve in curves {
      let places = curve.points.map { Point(across($0.x), down($0.y)) }
      let color = Self.color(curve.color)
      switch curve.style {
      case .line: canvas.draw(places, color, width: 3.5, clip: clip)
      case .thin: canvas.draw(places, color, width: 2, clip: clip)
      case .points:
        if places.count > 1 { canvas.draw(places, color, width: 2, clip: clip) }
        for place in places where places.count <= 200 {
          canvas.draw([place], color, width: 9, clip: clip)
        }
      }
    }
  }
}
