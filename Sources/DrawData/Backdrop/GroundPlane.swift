#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the pot stands on, with the pot's soft shadow.
struct GroundPlane: Layer {
  let bounds: Box

  private let horizon: Double
  private let back, front: Light
  private let shade: Light
  private let foot: Point
  private let width: Double
  private let side: Double

  /// The ground from `horizon` downwards, under a pot of half width `width` that stands at `foot`.
  init(_ factors: Factors, lamp: Illumination, horizon: Double, foot: Point, width: Double) {
    self.horizon = horizon
    self.foot = foot
    self.width = width
    side = factors.side.sign
    bounds = Box(low: Point(0, horizon - 0.02), high: Point(1, 1))
    let color = factors.ground.color
    let light = lamp.reflected(from: color.light, normal: Direction(0, -1, 0.35))
    front = light * 1.02
    back = mix(light * 0.84, factors.timeOfDay.sky[2].light, 0.16)
    shade = color.light * lamp.sky * 0.55
  }

  func paint(at point: Point, softness: Double) -> Paint {
    let depth = clamp((point.y - horizon) / (1 - horizon))
    var light = mix(back, front, depth)

    // The shadow falls away from the lamp and widens as it goes.
    let away = point - foot
    let along = -side * away.x
    let reach = along > 0 ? 2.1 : 1.05
    let spread = 0.045 + 0.02 * clamp(along / width)
    let cast = Point(along / (width * reach), (away.y + 0.1 * max(along, 0)) / spread)
    light = mix(light, shade, 0.72 * exp(-pow(dot(cast, cast), 1.5)))

    // Where the pot touches, next to no light comes in.
    let contact = Point(away.x / (width * 1.05), away.y / 0.022)
    light = mix(light, shade * 0.5, 0.7 * exp(-pow(dot(contact, contact), 2)))
    return Paint(light: light, coverage: coverage(horizon - point.y, softness * 2))
  }
}
