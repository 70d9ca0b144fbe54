/// A leaf with a fold along its middle.
struct Leaf: Layer {
  let bounds: Box

  private let root, axis, across: Point
  private let size, width, droop: Double
  private let outline: Outline
  private let surface, rib: Light
  private let lamp: Illumination

  /// A leaf from `root` towards `axis` (a unit vector) that bends down by `droop` of its length.
  init(
    root: Point, axis: Point, size: Double, width: Double, droop: Double, outline: Outline,
    color: Color, lamp: Illumination
  ) {
    self.root = root
    self.axis = axis
    across = quarterTurn(axis)
    self.size = size
    self.width = width
    // Down is +y: which of the leaf's two sides that is depends on its direction.
    self.droop = axis.x >= 0 ? droop : -droop
    self.outline = outline
    self.lamp = lamp
    surface = color.light
    rib = Color(min(color.lightness + 0.12, 0.9), color.chroma, color.hue - 8).light
    bounds = .around(root + axis * (size / 2), radius: size * (0.55 + abs(droop) + width))
  }

  func paint(at point: Point, softness: Double) -> Paint {
    let away = (point - root) / size
    let t = dot(away, axis)
    guard t > -0.02, t < 1.02 else { return .none }
    let s = dot(away, across) - droop * t * t
    let half = width * outline.halfWidth(at: t)
    let inside = coverage((abs(s) - half) * size * 0.9, softness)
    if inside == 0 { return .none }

    // The two halves of the fold face different ways; the tip turns down.
    let fold = across * (0.75 * min(max(s / (0.35 * width), -1), 1))
    let along = axis * (0.9 * (t - 0.45))
    let normal = Direction(fold.x + along.x, fold.y + along.y - 0.25, 0.9)
    let ribbed = smoothstep(0.13, 0.03, abs(s) / width) * (1 - 0.6 * t)
    let light = lamp.reflected(
      from: mix(surface, rib, 0.6 * ribbed), normal: normal, gloss: 0.08, translucency: 0.3)
    return Paint(light: light * mix(0.62, 1, smoothstep(0, 0.35, t)), coverage: inside)
  }
}
