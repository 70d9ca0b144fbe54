/// One petal, in the coordinates of its flower: the radius is 1 and the middle is the origin.
struct Petal {
  let root, axis: Point
  let length, width: Double
  let outline: Outline
  /// From the root to the tip.
  let ramp: (root: Light, tip: Light)
  /// How strongly it is arched across, how far it leans back, and how far its tip curls away.
  let arch, lean, curl: Double
  /// A darker line along the middle, 0 … 1.
  let vein: Double

  /// A petal from `root` in the direction of `angle` (radians, clockwise from the right).
  init(
    root: Point = Point(0, 0), angle: Double, length: Double, width: Double, outline: Outline,
    ramp: (root: Light, tip: Light), arch: Double = 0.7, lean: Double = 0.1, curl: Double = 0.6,
    vein: Double = 0
  ) {
    self.root = root
    axis = heading(angle)
    self.length = length
    self.width = width
    self.outline = outline
    self.ramp = ramp
    self.arch = arch
    self.lean = lean
    self.curl = curl
    self.vein = vein
  }

  /// The place within the petal: along it 0 … 1, across it in half widths at most 1, and the
  /// distance from its edge. Nil where it is far away.
  func place(of q: Point) -> (along: Double, across: Double, distance: Double)? {
    let away = q - root
    let along = dot(away, axis) / length
    guard along > -0.1, along < 1.15 else { return nil }
    let across = dot(away, quarterTurn(axis)) / length
    guard abs(across) < width + 0.15 else { return nil }
    let s = across / width
    let half = outline.halfWidth(at: min(along + outline.notch(at: s), 1.01))
    return (along, s, (abs(s) - half) * width * length * 0.85)
  }

  /// The surface and its normal at a place.
  func surface(along: Double, across: Double) -> (light: Light, normal: Direction) {
    let t = smoothstep(0.05, 0.95, along)
    let dark = vein * smoothstep(0.4, 0.05, abs(across)) * (1 - along)
    let (tilt, bow) = (-lean + curl * (along - 0.5), arch * across)
    let slope: Point = axis * tilt + quarterTurn(axis) * bow
    return (mix(ramp.root, ramp.tip, t) * (1 - dark), Direction(slope.x, slope.y, 0.8))
  }
}
