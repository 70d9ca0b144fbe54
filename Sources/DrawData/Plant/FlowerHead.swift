/// A flower's head: petals, one over the other, and the middle.
struct FlowerHead: Layer {
  let bounds: Box

  private let petals: [Petal]
  private let center: Center?
  private let dome: Double
  private let translucency: Double
  private let place: Point
  private let radius: Double
  private let frame: (x: Point, y: Point)
  private let lamp: Illumination

  /// The middle of an open flower: a dome of `radius`, darker towards its rim by `rim`.
  struct Center {
    let radius: Double
    let surface, rim: Light
  }

  /// A head at `place`.
  ///
  /// - Parameters:
  ///   - petals: from the lowest to the uppermost.
  ///   - dome: how round the head is as a whole.
  ///   - frame: where the flower's own axes point; shorter than 1 where it is seen from the side.
  init(
    petals: [Petal], center: Center?, dome: Double, translucency: Double = 0.35, place: Point,
    radius: Double, frame: (x: Point, y: Point), lamp: Illumination
  ) {
    self.petals = petals
    self.center = center
    self.dome = dome
    self.translucency = translucency
    self.place = place
    self.radius = radius
    self.frame = frame
    self.lamp = lamp
    bounds = .around(place, radius: radius * 1.2)
  }

  func paint(at point: Point, softness: Double) -> Paint {
    let away = (point - place) / radius
    let q = Point(
      dot(away, frame.x) / dot(frame.x, frame.x), dot(away, frame.y) / dot(frame.y, frame.y))
    guard dot(q, q) < 1.35 else { return .none }
    let soft = softness / radius

    var light = Light.zero
    var cover = 0.0
    for petal in petals {
      guard let at = petal.place(of: q) else { continue }
      // A petal keeps some light from what lies just beside and below it.
      let shadow = 0.14
      if at.distance > shadow { continue }
      light *= 1 - 0.34 * smoothstep(shadow, -0.02, at.distance)
      let inside = coverage(at.distance, soft)
      if inside == 0 { continue }
      let (surface, bent) = petal.surface(along: at.along, across: at.across)
      let normal = screen(bent, dome: q)
      let lit = lamp.reflected(from: surface, normal: normal, translucency: translucency)
      light = mix(light, lit, inside)
      cover += inside * (1 - cover)
    }
    // Light was mixed from black: give back what the missing coverage took.
    if cover > 0 { light /= cover }
    guard let center else { return Paint(light: light, coverage: cover) }

    let distance = length(q) - center.radius
    light *= 1 - 0.4 * smoothstep(0.16, 0, distance)
    let inside = coverage(distance, soft)
    if inside > 0 {
      let u = q / center.radius
      let normal = screen(
        Direction(u.x, u.y, (max(0, 1 - dot(u, u)) + 0.12).squareRoot()), dome: Point(0, 0))
      let surface = mix(center.surface, center.rim, smoothstep(0.25, 1, length(u)))
      light = mix(light, lamp.reflected(from: surface, normal: normal, gloss: 0.12), inside)
      cover += inside * (1 - cover)
    }
    return Paint(light: light, coverage: cover)
  }

  /// A normal of the flower's own frame, with the roundness of the whole head, as seen.
  private func screen(_ normal: Direction, dome q: Point) -> Direction {
    let flat = Point(normal.x, normal.y) + q * dome
    let turned = frame.x * flat.x + frame.y * flat.y
    return Direction(turned.x, turned.y, normal.z)
  }
}
