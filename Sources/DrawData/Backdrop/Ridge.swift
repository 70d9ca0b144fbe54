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
    let rock = (sharp ? Color(0.50, 0.06, 275) : Color(0.58, 0.11, 140)).light
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
