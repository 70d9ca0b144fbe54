#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A place in the picture: x to the right and y downwards, both 0 … 1.
typealias Point = SIMD2<Double>

/// A direction in space: x to the right, y downwards, z towards the viewer.
typealias Direction = SIMD3<Double>

/// An upright rectangle.
struct Box {
  let low, high: Point

  /// The whole picture.
  static let picture = Box(low: Point(0, 0), high: Point(1, 1))

  /// The square of half side `radius` around `center`.
  static func around(_ center: Point, radius: Double) -> Box {
    Box(low: center - radius, high: center + radius)
  }
}

/// The inner product of two points.
func dot(_ a: Point, _ b: Point) -> Double { a.x * b.x + a.y * b.y }

/// The inner product of two directions.
func dot(_ a: Direction, _ b: Direction) -> Double { a.x * b.x + a.y * b.y + a.z * b.z }

/// The distance from the origin.
func length(_ p: Point) -> Double { dot(p, p).squareRoot() }

/// The direction of length 1.
func unit(_ d: Direction) -> Direction { d / dot(d, d).squareRoot() }

/// The unit vector at `radians` clockwise (as y points down) from the x axis.
func heading(_ radians: Double) -> Point { Point(cos(radians), sin(radians)) }

/// A quarter turn clockwise on the screen.
func quarterTurn(_ p: Point) -> Point { Point(-p.y, p.x) }

/// `value`, or the nearer bound of 0 … 1.
func clamp(_ value: Double) -> Double { min(max(value, 0), 1) }

/// The smooth step from 0 at `a` to 1 at `b` (which may be the smaller one).
func smoothstep(_ a: Double, _ b: Double, _ x: Double) -> Double {
  let t = clamp((x - a) / (b - a))
  return t * t * (3 - 2 * t)
}

/// The straight blend from `a` to `b`.
func mix(_ a: Double, _ b: Double, _ t: Double) -> Double { a + (b - a) * t }

/// How much of a sample of width `softness` lies inside a shape at signed `distance` from its edge.
func coverage(_ distance: Double, _ softness: Double) -> Double {
  clamp(0.5 - distance / softness)
}
