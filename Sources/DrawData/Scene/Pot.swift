#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The pot: a turned or square body with a rim, earth inside, and an ornament.
struct Pot: Layer {
  let bounds: Box

  /// The middle of the opening.
  let mouth: Point
  /// Half the width of the opening.
  let mouthWidth: Double
  /// Where the pot touches the ground, and its half width there.
  let foot: Point
  let footWidth: Double

  private let shape: PotShape
  private let band: Band
  private let width, top, height: Double
  private let body, ornament, earth: Light
  private let gloss, ornamentGloss: Double
  private let lamp: Illumination

  /// How far a level circle of the pot dips in front, as it is seen from a little above.
  private static let dip = 0.1

  /// A pot that stands at (x, bottom).
  init(_ factors: Factors, _ draws: Draws, lamp: Illumination, x: Double, bottom: Double) {
    shape = factors.potShape
    band = factors.band
    let (wide, tall) =
      switch shape {
      case .classic: (0.190, 0.290)
      case .cylinder: (0.158, 0.285)
      case .bowl: (0.215, 0.225)
      case .urn: (0.185, 0.305)
      case .box: (0.185, 0.250)
      }
    width = wide * draws.value(.potWidth, in: 0.92...1.1)
    height = tall * draws.value(.potHeight, in: 0.92...1.06)
    top = bottom - height
    self.lamp = lamp
    body = factors.potColor.color.light
    gloss = factors.potColor.gloss
    ornament = factors.bandColor.color.light
    ornamentGloss = factors.bandColor.gloss
    earth = Color(0.33, 0.05, 50).light
    mouthWidth = width * Self.profile(shape, 0)
    footWidth = width * Self.profile(shape, 1)
    mouth = Point(x, top + 0.004)
    foot = Point(x, bottom)
    bounds = Box(
      low: Point(x - width * 1.1, top - 0.06), high: Point(x + width * 1.1, bottom + 0.04))
  }

  /// The half width at `v` of the height, 0 at the mouth and 1 at the foot.
  private static func profile(_ shape: PotShape, _ v: Double) -> Double {
    let v = clamp(v)
    switch shape {
    case .classic: return v < rimDepth(shape) ? 1 : 0.88 - 0.24 * v
    case .cylinder: return v < rimDepth(shape) ? 1 : 0.96
    case .bowl: return 0.42 + 0.58 * max(0, 1 - v * v * v * 0.2 - v * v * 0.8).squareRoot()
    case .urn:
      let belly = (v - 0.52) / 0.52
      return v < rimDepth(shape) ? 0.80 : 0.55 + 0.45 * max(0, 1 - belly * belly)
    case .box: return v < rimDepth(shape) ? 1 : 0.96 - 0.1 * v
    }
  }

  /// The part of the height that the rim takes.
  private static func rimDepth(_ shape: PotShape) -> Double {
    switch shape {
    case .classic: 0.24
    case .cylinder, .urn: 0.10
    case .bowl: 0
    case .box: 0.14
    }
  }

  func paint(at point: Point, softness: Double) -> Paint {
    let x = point.x - foot.x
    let inMouth = mouthPaint(at: Point(x, point.y - top), softness: softness)
    if inMouth.coverage == 1 { return inMouth }
    let onBody = bodyPaint(at: Point(x, point.y - top), softness: softness)
    if inMouth.coverage == 0 { return onBody }
    let whole = inMouth.coverage + onBody.coverage * (1 - inMouth.coverage)
    let light =
      inMouth.light * inMouth.coverage
      + onBody.light * onBody.coverage * (1 - inMouth.coverage)
    return Paint(light: light / whole, coverage: whole)
  }

  /// The earth within the lip.
  private func mouthPaint(at p: Point, softness: Double) -> Paint {
    let inner = mouthWidth * 0.90
    let depth = inner * (shape == .box ? 0.06 : Self.dip)
    let away = Point(p.x / inner, p.y / depth)
    let distance = (length(away) - 1) * depth
    // The wall on the lamp's side keeps the light away.
    let lit = 0.55 + 0.35 * clamp(0.5 - 0.8 * away.x * lamp.direction.x)
    let light = lamp.reflected(from: earth, normal: Direction(0, -1, 0.4)) * lit
    return Paint(light: light, coverage: coverage(distance, softness * 1.5))
  }

  /// The outer wall.
  private func bodyPaint(at p: Point, softness: Double) -> Paint {
    // A level circle is seen as an arc: undo it to find the height on the wall.
    var v = p.y / height
    var half = width * Self.profile(shape, v)
    var u = p.x / half
    let dip = shape == .box ? 0.03 : Self.dip
    for _ in 0..<2 {
      let arc = dip * half * max(0, 1 - min(u * u, 1)).squareRoot()
      v = (p.y - arc) / height
      half = width * Self.profile(shape, v)
      u = p.x / half
    }
    let backOfLip = dip * mouthWidth * max(0, 1 - min(u * u, 1)).squareRoot()
    let distance = max(abs(p.x) - half, -p.y - backOfLip, (v - 1) * height)
    let inside = coverage(distance, softness * 1.5)
    if inside == 0 { return .none }

    let rim = Self.rimDepth(shape)
    let onOrnament = ornamentCoverage(u: u, v: v, softness: softness / height)
    let surface = mix(body, ornament, onOrnament)
    let shine = mix(gloss, ornamentGloss, onOrnament)
    var light = lamp.reflected(from: surface, normal: normal(u: u, v: v), gloss: shine)
    if v < 0 { light *= 1.12 }  // The lip faces up.
    if rim > 0 {
      light *= 1 - 0.38 * smoothstep(rim + 0.14, rim, v) * smoothstep(rim - 0.02, rim + 0.02, v)
    }
    light *= 1 - 0.25 * smoothstep(0.75, 1.05, v)
    return Paint(light: light, coverage: inside)
  }

  /// Which way the wall faces.
  private func normal(u: Double, v: Double) -> Direction {
    let step = 0.02
    let slope = (Self.profile(shape, v + step) - Self.profile(shape, v - step)) / (2 * step)
    let upwards = min(max(slope * width / height, -0.9), 0.9)
    if shape == .box {
      // A front that is nearly flat, between rounded edges.
      let edge = u < 0 ? -smoothstep(0.68, 1, -u) : smoothstep(0.68, 1, u)
      return Direction(edge * 1.1 + 0.22 * u, upwards + 0.5 * (v - 0.5), 1)
    }
    let x = min(max(u, -1), 1)
    return Direction(x, upwards, (1.02 - x * x).squareRoot())
  }

  /// How much of the place on the wall is painted with the ornament.
  private func ornamentCoverage(u: Double, v: Double, softness: Double) -> Double {
    func stripe(_ middle: Double, _ half: Double) -> Double {
      coverage(abs(v - middle) - half, softness)
    }
    let middle = 0.56
    // The turn around the pot, so that the ornament narrows towards the sides.
    let turn = shape == .box ? u * 1.1 : asin(min(max(u, -1), 1))
    let repeated = turn * 3.2 / .pi
    let along = repeated - repeated.rounded()
    switch band {
    case .none: return 0
    case .stripe: return stripe(middle, 0.13)
    case .twoStripes: return max(stripe(middle - 0.13, 0.065), stripe(middle + 0.15, 0.065))
    case .dots:
      let p = Point(along * width * 0.98, (v - middle) * height)
      return coverage((length(p) - 0.030) / height, softness)
    case .zigzag:
      let line = middle + (abs(along) * 4 - 1) * 0.13
      return coverage(abs(v - line) - 0.075, softness)
    }
  }
}
