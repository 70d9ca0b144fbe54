/// The disc of the sun, or a moon that is not quite full.
struct SkyBody: Layer {
  let bounds: Box

  private let center: Point
  private let radius: Double
  private let light: Light
  private let shadow: Point?

  /// The disc at `center`.
  init(_ factors: Factors, at center: Point) {
    let isMoon = factors.timeOfDay == .night
    self.center = center
    radius = isMoon ? 0.074 : 0.068
    light = factors.timeOfDay.body.disc.light
    shadow = isMoon ? center + Point(factors.side.sign * -0.044, -0.020) : nil
    bounds = .around(center, radius: radius + 0.02)
  }

  func paint(at point: Point, softness: Double) -> Paint {
    let inside = coverage(length(point - center) - radius, softness + 0.008)
    guard let shadow else { return Paint(light: light, coverage: inside) }
    let bitten = coverage(length(point - shadow) - radius * 0.92, softness + 0.01)
    return Paint(light: light, coverage: inside * (1 - bitten))
  }
}
