#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The open sky: a gradient, the halo of the sun or the moon, and stars at night.
struct Sky: Layer {
  let bounds = Box.picture

  private let ramp: [SIMD3<Double>]
  private let horizon: Double
  private let body: Point
  private let halo: Light
  private let stars: [(place: Point, brightness: Double)]

  /// The sky down to `horizon`, with the sun or the moon, where it is seen, at `body`.
  init(_ factors: Factors, _ draws: Draws, horizon: Double, body: Point) {
    let turn = draws.value(.skyTurn, in: -7...7)
    ramp = factors.timeOfDay.sky.map { $0.turned(turn).lab }
    self.horizon = horizon
    self.body = body
    halo = factors.skyBody ? factors.timeOfDay.body.halo : .zero
    let count = factors.timeOfDay == .night ? 12 : 0
    stars = (0..<count).map { star in
      // One in each column of the sky, so that they do not heap up.
      let x = (Double(star) + draws.value(.stars, 3 * star, in: 0.15...0.85)) / Double(count)
      let y = draws.value(.stars, 3 * star + 1, in: 0.02...0.62)
      return (Point(x, y), draws.value(.stars, 3 * star + 2, in: 0.35...1))
    }
  }

  func paint(at point: Point, softness: Double) -> Paint {
    Paint(light: light(at: point), coverage: 1)
  }

  /// The sky's light, which also tints what is far away.
  func light(at point: Point) -> Light {
    let height = clamp(point.y / horizon) * Double(ramp.count - 1)
    let stop = min(Int(height), ramp.count - 2)
    let t = height - Double(stop)
    var light = Color.light(lab: ramp[stop] + (ramp[stop + 1] - ramp[stop]) * t)
    let away = point - body
    light += halo * exp(-dot(away, away) / 0.05)
    for star in stars {
      let d = point - star.place
      let nearness = dot(d, d) / (0.010 * 0.010)
      if nearness < 9 { light += Light(0.75, 0.78, 0.85) * (star.brightness * exp(-nearness)) }
    }
    return light
  }
}
