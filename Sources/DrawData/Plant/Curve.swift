/// A curve from the earth to a flower: a quadratic Bezier.
struct Curve {
  let start, bend, end: Point

  /// The place at `t`, 0 at the start and 1 at the end.
  func place(_ t: Double) -> Point {
    start * ((1 - t) * (1 - t)) + bend * (2 * t * (1 - t)) + end * (t * t)
  }

  /// The unit vector along the curve at `t`.
  func tangent(_ t: Double) -> Point {
    let d = (bend - start) * (1 - t) + (end - bend) * t
    return d / length(d)
  }
}
