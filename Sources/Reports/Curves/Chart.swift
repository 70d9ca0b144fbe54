import Foundation
internal import Text

/// Curves in one picture.
package struct Chart: Sendable {
  /// One of the colors that a page has for curves, from 1.
  package typealias Color = Int

  package struct Curve: Sendable {
    package enum Style: Sendable {
      case line, thin, points
    }

    package let name: String
    let color: Color
    let style: Style
    let points: [Point]

    package init(_ name: String, _ color: Color, _ style: Style = .line, _ points: [Point]) {
      (self.name, self.color, self.style, self.points) = (name, color, style, points)
    }
  }

  /// Which way values on the axis are counted.
  package enum Scale: Sendable {
    /// From the least to the greatest.
    case linear
    /// From zero.
    case fromZero
    /// Logarithmic where the greatest is many times the least.
    case ratio
  }

  /// The name of its file, and of its place in a page.
  package let name: String
  package let title: String
  /// What the axes count: "step"; "dB".
  let axes: (x: String, y: String)
  package var curves: [Curve] = []
  /// All values behind the curves: lowest and highest.
  var band: (color: Color, pieces: [ThinnedCurve.Piece])?
  let scale: Scale
  /// What a reader should know of it.
  package var note: String?

  package init(
    _ name: String, _ title: String, x: String = "step", y: String, scale: Scale = .linear,
    note: String? = nil
  ) {
    (self.name, self.title, axes, self.scale, self.note) = (name, title, (x, y), scale, note)
  }

  /// Adds a curve, if it has points.
  package mutating func add(
    _ name: String, _ color: Color, _ style: Curve.Style = .line, _ points: [Point]
  ) {
    if !points.isEmpty { curves.append(Curve(name, color, style, points)) }
  }

  /// Adds a smoothed curve, and all values behind it.
  package mutating func add(
    _ name: String, _ color: Color, smoothing curve: ThinnedCurve, showsAll: Bool = true
  ) {
    guard !curve.isEmpty else { return }
    if showsAll, curve.count > 30 { band = (color, curve.pieces) }
    add(name, color, .line, curve.smoothed)
  }

  /// How many values lie where, as stairs.
  ///
  /// - Parameter kinds: values with their names; the stairs of all have the same edges.
  package static func distribution(
    _ name: String, _ title: String, x: String, of thing: String,
    _ kinds: [(name: String, values: [Double])], note: String? = nil
  ) -> Chart {
    var chart = Chart(name, title, x: x, y: thing, scale: .fromZero, note: note)
    let all = kinds.flatMap(\.values).filter(\.isFinite)
    guard let low = all.min(), let high = all.max(), high > low else { return chart }
    let count = min(40, max(6, Int(Double(all.count).squareRoot())))
    let width = (high - low) / Double(count)
    for (number, kind) in kinds.enumerated() where !kind.values.isEmpty {
      var bins = [Int](repeating: 0, count: count)
      for value in kind.values where value.isFinite {
        bins[min(count - 1, Int((value - low) / width))] += 1
      }
      let stairs = bins.enumerated().flatMap { i, images in
        [
          Point(low + Double(i) * width, Double(images)),
          Point(low + Double(i + 1) * width, Double(images)),
        ]
      }
      chart.add(kind.name, number + 1, .line, stairs)
    }
    return chart
  }

  package var isEmpty: Bool { curves.isEmpty }

  package var xAxis: Axis {
    let values = curves.flatMap { [$0.points.first?.x, $0.points.last?.x].compactMap(\.self) }
    return Axis(exactly: (values.min() ?? 0)...(values.max() ?? 1))
  }

  package var yAxis: Axis {
    var values = curves.flatMap { $0.points.map(\.y) }
    guard let low = values.min(), let high = values.max() else { return Axis([]) }
    switch scale {
    case .linear: return Axis(values)
    case .fromZero: return Axis(values, from: 0)
    case .ratio:
      let isLogarithmic = low > 0 && high > 4 * low
      if let ends = usualEnds {
        // Most of what is behind the curves is in the picture, but it does not make them flat.
        if isLogarithmic {
          let span = max(high / low, 2)
          values += [max(ends.low, low / span), min(ends.high, high * span)].filter { $0 > 0 }
        } else {
          let span = max(high - low, 0.1 * abs(high))
          values += [max(ends.low, low - span), min(ends.high, high + span)]
        }
      }
      return Axis(values, isLogarithmic: isLogarithmic)
    }
  }

  /// Between which nine tenths of the values behind the curves are.
  private var usualEnds: (low: Double, high: Double)? {
    guard let pieces = band?.pieces, !pieces.isEmpty else { return nil }
    let place = pieces.count / 20
    return (
      pieces.map(\.least).sorted()[place], pieces.map(\.most).sorted()[pieces.count - 1 - place]
    )
  }

  /// What there is to see, for those who do not see it.
  package var description: String {
    let words = curves.map { curve in
      guard let first = curve.points.first, let last = curve.points.last,
        let least = curve.points.min(by: { $0.y < $1.y })
      else { return "" }
      func value(_ value: Double) -> String { Readable.number(value) }
      if curve.points.count == 1 { return "\(curve.name): \(value(first.y))" }
      let name = curves.count == 1 ? "" : "\(curve.name): "
      let lowest =
        least == last || least == first
        ? "" : ", lowest \(value(least.y)) at \(axes.x) \(Axis.label(least.x))"
      return name + "from \(value(first.y)) at \(axes.x) \(Axis.label(first.x)) to "
        + "\(value(last.y)) at \(axes.x) \(Axis.label(last.x))\(lowest)"
    }
    return "\(title). " + words.joined(separator: "; ") + "."
  }

  /// About so many of its values, with the name of each row's place: of each curve some of its points, and beside them
  /// what others have there.
  package func table(rows count: Int) -> (header: [String], rows: [[String]]) {
    let each = max(2, count / max(1, curves.count))
    let chosen = curves.flatMap { curve in
      (0..<min(each, curve.points.count)).map { i in
        curve.points[i * (curve.points.count - 1) / max(1, min(each, curve.points.count) - 1)].x
      }
    }
    let xs = Set(chosen).sorted()
    // As near as the eye can tell.
    let reach = ((xs.last ?? 0) - (xs.first ?? 0)) / 200
    return (
      [axes.x] + curves.map(\.name),
      xs.map { x in
        [Axis.label(x)]
          + curves.map { curve in
            let nearest = curve.points.min { abs($0.x - x) < abs($1.x - x) }
            guard let nearest, abs(nearest.x - x) <= reach else { return "" }
            return Readable.number(nearest.y)
          }
      }
    )
  }
}
