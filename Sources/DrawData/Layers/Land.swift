#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A far ridge of hills or mountains, paled by the air before it.
struct Ridge: Layer {
  let bounds: Box

  private let sharp: Bool
  private let base, height, phase: Double
  private let near, far: Light
  private let horizon: Double

  /// The farther (0) or the nearer (1) ridge of the picture.
  init(_ factors: Factors, _ draws: Draws, number: Int, horizon: Double) {
    sharp = factors.backdrop == .mountains
    height = (sharp ? 0.15 : 0.075) * (number == 0 ? 1 : 0.7)
    base = horizon - (number == 0 ? 0.06 : 0.015)
    phase = draws.value(.backdropShape, number, in: 0...(2 * .pi))
    self.horizon = horizon
    bounds = Box(low: Point(0, base - height * 1.6), high: Point(1, horizon + 0.01))

    let time = factors.timeOfDay
    let rock = (sharp ? Colour(0.50, 0.06, 275) : Colour(0.58, 0.11, 140)).light
    let ground = rock * (time.key * 0.7 + time.ambient)
    far = mix(ground, time.sky[2].light, number == 0 ? 0.62 : 0.36)
    near = mix(ground, time.sky[2].light, number == 0 ? 0.78 : 0.5)
  }

  func paint(at point: Point, softness: Double) -> Paint {
    let x = point.x * 2 * .pi
    let shape =
      sharp
      ? 0.7 * (1 - abs(sin(x * 0.8 + phase))) + 0.3 * (1 - abs(sin(x * 1.9 + 2.1 * phase)))
      : 0.5 + 0.32 * sin(x * 0.9 + phase) + 0.18 * sin(x * 1.7 + 2.3 * phase)
    let top = base - height * shape
    let depth = smoothstep(top, horizon, point.y)
    return Paint(light: mix(far, near, depth), coverage: coverage(top - point.y, softness * 2))
  }
}

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
    let colour = factors.ground.colour
    let light = lamp.reflected(from: colour.light, normal: Direction(0, -1, 0.35))
    front = light * 1.02
    back = mix(light * 0.84, factors.timeOfDay.sky[2].light, 0.16)
    shade = colour.light * lamp.sky * 0.55
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
