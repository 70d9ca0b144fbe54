import Foundation

// How a chart is drawn. The picture has any width: what is written and the grid are placed in parts of it, the
// curves lie in a box of their own that is stretched while their strokes are not.
extension Chart {
  private static let box = 1000.0

  /// The grid, the curves and what is written beside the axes, within a frame that leaves room at its left and
  /// below.
  package var drawing: HTML {
    let (x, y) = (xAxis, yAxis)
    func part(_ value: Double) -> String { Self.number(100 * value) + "%" }
    let rows = y.ticks().map { ($0, part(1 - y.place($0))) }
    let columns = x.ticks(4).filter { axes.x != "step" || $0 == $0.rounded() }
      .map { ($0, part(x.place($0))) }
    func tag(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) -> HTML {
      .empty(name, attributes, isForeign: true)
    }
    let grid = rows.map { tag("line", ["x1": "0", "x2": "100%", "y1": $0.1, "y2": $0.1]) }
    let left = rows.map { value, at in
      HTML.tag(
        "text", ["x": "-8", "y": at, "dy": "4", "text-anchor": "end"], HTML(Axis.label(value)))
    }
    let below = columns.map { value, at in
      HTML.tag(
        "text", ["x": at, "y": "100%", "dy": "18", "text-anchor": "middle"],
        HTML(Axis.label(value)))
    }
    let side = Self.number(Self.box)
    return HTML([
      .tag("g", ["class": "grid"], grid),
      .tag(
        "svg",
        [
          "class": "curves", "width": "100%", "height": "100%",
          "viewBox": "0 0 \(side) \(side)", "preserveAspectRatio": "none",
        ], .tag("g", ["class": "zoom"], shapes(x, y))),
      tag(
        "line",
        ["class": "axis", "x1": "0", "x2": "100%", "y1": "100%", "y2": "100%"]),
      .tag("g", ["class": "ylabels"], left), .tag("g", ["class": "xlabels"], below),
    ])
  }

  private func shapes(_ x: Axis, _ y: Axis) -> [HTML] {
    var shapes: [HTML] = []
    func place(_ at: Double, _ value: Double) -> String {
      let down = min(max(1 - y.place(value), -1), 2)
      return Self.number(Self.box * x.place(at)) + " " + Self.number(Self.box * down)
    }
    if let band {
      let above = band.pieces.map { place($0.middle, $0.most) }
      let below = band.pieces.reversed().map { place($0.middle, $0.least) }
      shapes.append(
        .empty(
          "path",
          [
            "class": "band c\(band.color)", "d": "M" + (above + below).joined(separator: "L") + "Z",
          ],
          isForeign: true))
      let means = band.pieces.map { place($0.middle, $0.mean) }
      shapes.append(
        .empty(
          "path", ["class": "raw c\(band.color)", "d": "M" + means.joined(separator: "L")],
          isForeign: true))
    }
    for curve in curves {
      let places = curve.points.map { place($0.x, $0.y) }
      if curve.style != .points, places.count > 1 {
        shapes.append(
          .empty(
            "path",
            [
              "class": "\(curve.style == .thin ? "thin" : "line") c\(curve.color)",
              "d": "M" + places.joined(separator: "L"),
            ], isForeign: true))
      }
      // A stroke of no length with round ends is a dot, whatever the box is stretched to.
      if curve.style == .points ? places.count <= 200 : places.count == 1 {
        shapes.append(
          .empty(
            "path",
            [
              "class": "dots c\(curve.color)", "d": places.map { "M\($0)h0" }.joined(),
            ], isForeign: true))
      }
      if curve.style == .points, places.count > 1 {
        shapes.append(
          .empty(
            "path",
            ["class": "thin c\(curve.color)", "d": "M" + places.joined(separator: "L")],
            isForeign: true))
      }
    }
    return shapes
  }

  /// A number of a drawing, without what nobody sees.
  static func number(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }

  /// The chart in a page, with its legend, its values for the script, and some of them in a table.
  package var figure: HTML {
    let (header, rows) = table(rows: 12)
    // One curve that is called as the chart is needs no key.
    let isNamed = curves.count > 1 || curves.first?.name.lowercased() != title.lowercased()
    let keys = (isNamed ? curves : []).map { curve in
      HTML.tag(
        "span", ["class": "key k\(curve.color)"], HTML(curve.name))
    }
    return .tag(
      "figure", ["class": "chart", "id": "chart-\(name)"],
      .tag(
        "figcaption",
        .tag("h3", HTML(title), .tag("span", ["class": "unit"], HTML(axes.y))),
        .tag("p", ["class": "legend"], keys)),
      .tag(
        "div", ["class": "plot"],
        .tag(
          "svg",
          [
            "class": "frame", "width": "100%", "height": "100%", "role": "img",
            "aria-label": description,
          ], drawing)),
      axes.x == "step" ? HTML([]) : .tag("p", ["class": "xname"], HTML(axes.x)),
      note.map { .tag("p", ["class": "note"], HTML($0)) } ?? HTML([]),
      .data(json),
      .tag(
        "details", .tag("summary", "Values"),
        Table(header, rows: rows.map { $0.map { .text($0) } }, numbersFrom: 0).html))
  }

  /// The axes and the curves, for the values at the pointer.
  private var json: String {
    func axis(_ axis: Axis) -> String { "[\(axis.range.lowerBound),\(axis.range.upperBound)]" }
    let lines = curves.map { curve in
      let values = curve.points.map { String(format: "%.7g,%.5g", $0.x, $0.y) }
      return "{\"n\":\(JSONWriting.text(curve.name)),\"c\":\(curve.color),\"p\":["
        + values.joined(separator: ",") + "]}"
    }
    let (x, y) = (xAxis, yAxis)
    return "{\"x\":\(axis(x)),\"y\":\(axis(y)),\"log\":\(y.isLogarithmic),\"unit\":"
      + "\(JSONWriting.text(axes.x)),\"s\":[\(lines.joined(separator: ","))]}"
  }

  /// The first bytes of a chart's file, by which it is known as Stipple's.
  static let beginning = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- stipple report -->\n"

  /// The chart as a picture of its own, in the light colors of a page.
  package func file(creator: String) -> String {
    // Names side by side, in as many rows as they need.
    let longest = curves.map(\.name.count).max() ?? 0
    let columns = max(1, min(4, 640 / (8 * longest + 16)))
    let (width, row) = (640 / columns, 18)
    let keys = curves.enumerated().map { i, curve in
      HTML.tag(
        "text",
        [
          "class": "k\(curve.color)", "x": "\(64 + width * (i % columns))",
          "y": "\(46 + row * (i / columns))",
        ], HTML(curve.name))
    }
    let down = max(0, (curves.count - 1) / columns * row)
    let picture = HTML.tag(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": "720", "height": "\(420 + down)",
        "viewBox": "0 0 720 \(420 + down)", "role": "img", "aria-label": description,
      ],
      .tag("title", HTML(title)), .tag("desc", HTML("\(description) Made by \(creator).")),
      .tag("style", .constant(PageStyle.figure)),
      .empty("rect", ["width": "720", "height": "\(420 + down)", "fill": "#fff"], isForeign: true),
      .tag("text", ["class": "title", "x": "64", "y": "24"], HTML("\(title), \(axes.y)")),
      HTML(curves.count > 1 ? keys : []),
      .tag(
        "svg",
        ["x": "64", "y": "\(62 + down)", "width": "630", "height": "310", "overflow": "visible"],
        drawing),
      .tag(
        "text", ["class": "axes", "x": "694", "y": "\(410 + down)", "text-anchor": "end"],
        HTML(axes.x)))
    return Self.beginning + picture.markup + "\n"
  }
}
