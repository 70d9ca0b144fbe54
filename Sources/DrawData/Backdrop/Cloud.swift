#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A heap of soft balls on a flat base, lit from the lamp's side.
struct Cloud: Layer {
  let bounds: Box

  private let puffs: [(center: Point, radius: Double)]
  private let base: Double
  private let lit, shaded: Light
  private let lamp: Point

  /// Cloud `number` of the picture.
  init(_ factors: Factors, _ draws: Draws, number: Int, lamp: Point) {
    func value(_ place: Int, _ range: ClosedRange<Double>) -> Double {
      draws.value(.cloudPlace, 32 * number + place, in: range)
    }
    // The first cloud keeps away from the lamp; the second may go anywhere.
    let x = number == 0 ? 0.5 - factors.side.sign * value(0, 0.12...0.38) : value(0, 0.1...0.9)
    let center = Point(x, number == 0 ? value(1, 0.10...0.26) : value(1, 0.30...0.5))
    let width = value(2, 0.13...0.22)
    puffs = (0..<5).map { puff in
      let along = Double(puff) / 2 - 1
      let radius = width * (0.46 - 0.22 * along * along) * value(3 + 2 * puff, 0.8...1.15)
      let lift = radius * value(4 + 2 * puff, 0.3...0.6)
      return (center + Point(along * width, -lift), radius)
    }
    base = center.y + 0.012
    self.lamp = lamp
    bounds = Box(
      low: center - Point(width * 1.6, width), high: center + Point(width * 1.6, 0.05))

    let sky = factors.timeOfDay.sky
    let top = factors.timeOfDay.key + factors.timeOfDay.ambient
    lit = mix(sky[2].light, top, factors.timeOfDay == .night ? 0.12 : 0.72)
    shaded = mix(sky[1].light, factors.timeOfDay.ambient * 1.5, 0.4)
  }

  func paint(at point: Point, softness: Double) -> Paint {
    let soft = 0.022 + softness
    var hidden = 1.0
    var facing = 0.0
    var weight = 1e-9
    for puff in puffs {
      let away = point - puff.center
      let distance = length(away) - puff.radius
      if distance > soft { continue }
      let inside = smoothstep(soft, -soft, distance)
      hidden *= 1 - inside
      facing += inside * dot(away, lamp) / puff.radius
      weight += inside
    }
    let above = smoothstep(base + 0.02, base - 0.02, point.y)
    let bright = smoothstep(-0.75, 0.65, facing / weight)
    return Paint(light: mix(shaded, lit, bright), coverage: (1 - hidden) * above * 0.94)
  }
}
