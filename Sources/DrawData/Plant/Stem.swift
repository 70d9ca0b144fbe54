/// A round stem.
struct Stem: Layer {
  let bounds: Box

  private let joints: [Point]
  private let radius: Double
  private let surface: Light
  private let lamp: Illumination

  /// A stem of `radius` along `curve`.
  init(_ curve: Curve, radius: Double, color: Color, lamp: Illumination) {
    joints = (0...14).map { curve.place(Double($0) / 14) }
    self.radius = radius
    self.lamp = lamp
    surface = color.light
    let low = joints.reduce(joints[0]) { Point(min($0.x, $1.x), min($0.y, $1.y)) }
    let high = joints.reduce(joints[0]) { Point(max($0.x, $1.x), max($0.y, $1.y)) }
    bounds = Box(low: low - 2 * radius, high: high + 2 * radius)
  }

  func paint(at point: Point, softness: Double) -> Paint {
    var nearest = (distance: Double.infinity, across: 0.0, t: 0.0, axis: Point(0, -1))
    for joint in 0..<(joints.count - 1) {
      let step = joints[joint + 1] - joints[joint]
      let away = point - joints[joint]
      let t = clamp(dot(away, step) / dot(step, step))
      let off = away - step * t
      let distance = length(off)
      if distance < nearest.distance {
        let axis = step / length(step)
        let place = (Double(joint) + t) / Double(joints.count - 1)
        nearest = (distance, dot(away, quarterTurn(axis)), place, axis)
      }
    }
    let inside = coverage(nearest.distance - radius, softness)
    if inside == 0 { return .none }
    let u = min(max(nearest.across / radius, -1), 1)
    let side = quarterTurn(nearest.axis) * u
    let normal = Direction(side.x, side.y, (1.05 - u * u).squareRoot())
    // Dark where it comes out of the earth and where it meets the flower.
    let open = smoothstep(-0.15, 0.25, nearest.t) * mix(1, 0.7, smoothstep(0.75, 1, nearest.t))
    let light = lamp.reflected(from: surface, normal: normal, gloss: 0.05) * open
    return Paint(light: light, coverage: inside)
  }
}
