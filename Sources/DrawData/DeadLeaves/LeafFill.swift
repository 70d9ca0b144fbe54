#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a leaf looks like: a color with a slope of light, and perhaps a texture.
struct LeafFill {
  private let base: SIMD3<Double>
  /// By how much lightness grows along each axis, over the picture's side.
  private let slope: Point
  private let center: Point
  private let texture: Texture
  /// The texture's change of OKLab.
  private let swing: SIMD3<Double>

  private enum Texture {
    case none
    /// Waves across a heading, so many over the picture's side; `edge` 0 is a sine, 1 stripes.
    case waves(Point, edge: Double)
    /// The product of two stripes.
    case checks(Point)
    /// Sums of smooth noise at halving scales, the finest of so many over the side; with roughness 1 as much at each
    /// scale, which is the 1/f of photographs.
    case cloud(finest: Double, scales: Int, roughness: Double, salt: UInt32, stretch: Point)
  }

  /// - Parameters:
  ///   - palette: the picture's colors.
  ///   - size: pixels of the picture's side.
  init(_ palette: [Color], center: Point, size: Int, _ numbers: inout Numbers) {
    self.center = center
    let color = palette[numbers.index(below: palette.count)]
    let lightness = clamp(color.lightness + 0.12 * numbers.normal())
    let chroma = max(0, color.chroma * (1 + 0.3 * numbers.normal()))
    base = Color(lightness, chroma, color.hue + 12 * numbers.normal()).lab
    slope =
      numbers.chance(0.5)
      ? heading(numbers.uniform(in: 0...(2 * .pi))) * numbers.uniform(in: 0...0.8) : .zero
    let side = Double(size)
    // Photographs have hardly a place without texture, most of it fine.
    let amplitude = 0.6 * numbers.uniform() * (numbers.chance(0.5) ? numbers.uniform() : 1)
    swing = SIMD3(
      amplitude, 0.15 * amplitude * numbers.normal(), 0.15 * amplitude * numbers.normal())
    let finest = side / exp(numbers.uniform(in: log(1.2)...log(numbers.chance(0.7) ? 4 : 16)))
    let direction = heading(numbers.uniform(in: 0...(2 * .pi)))
    switch numbers.uniform() {
    // Nobody could tell a faint texture from noise.
    case _ where amplitude < 0.08: texture = .none
    case ..<0.12: texture = .none
    case ..<0.2: texture = .waves(direction * (finest / 2), edge: numbers.uniform())
    case ..<0.24: texture = .checks(direction * (finest / 2))
    default:
      let stretch = numbers.chance(0.3) ? numbers.uniform(in: 1...8) : 1
      texture = .cloud(
        finest: finest, scales: 2 + numbers.index(below: 6),
        roughness: numbers.uniform(in: 0.6...1.15),
        salt: UInt32(numbers.index(below: 1 << 30)), stretch: direction / stretch)
    }
  }

  /// The light at a point.
  func light(at point: Point) -> Light {
    var lab = base
    lab.x += dot(slope, point - center)
    lab += swing * pattern(at: point)
    lab.x = clamp(lab.x)
    return Color.light(lab: lab)
  }

  /// The texture, about -1 to 1.
  private func pattern(at point: Point) -> Double {
    switch texture {
    case .none: return 0
    case .waves(let frequency, let edge):
      let wave = sin(2 * .pi * dot(point, frequency))
      return mix(wave, wave < 0 ? -1 : 1, edge)
    case .checks(let frequency):
      let (a, b) = (dot(point, frequency), dot(point, quarterTurn(frequency)))
      return (a - floor(a) < 0.5) == (b - floor(b) < 0.5) ? 1 : -1
    case .cloud(let finest, let scales, let roughness, let salt, let stretch):
      // One axis along the stretch, one across.
      let across = quarterTurn(stretch) / dot(stretch, stretch).squareRoot()
      let place = Point(dot(point, stretch), dot(point, across))
      var (sum, weight, frequency, total) = (0.0, 1.0, finest, 0.0)
      for scale in 0..<scales {
        sum += weight * SmoothNoise.value(at: place * frequency, salt: salt &+ UInt32(scale))
        total += weight * weight
        weight /= roughness
        frequency /= 2
      }
      return sum / total.squareRoot()
    }
  }
}

/// Smooth noise: random values at whole coordinates, blended between.
enum SmoothNoise {
  /// -1 to 1.
  static func value(at point: Point, salt: UInt32) -> Double {
    let (x, y) = (floor(point.x), floor(point.y))
    let (u, v) = (point.x - x, point.y - y)
    let (s, t) = (u * u * (3 - 2 * u), v * v * (3 - 2 * v))
    let (i, j) = (Int32(truncatingIfNeeded: Int(x)), Int32(truncatingIfNeeded: Int(y)))
    return mix(
      mix(knot(i, j, salt), knot(i &+ 1, j, salt), s),
      mix(knot(i, j &+ 1, salt), knot(i &+ 1, j &+ 1, salt), s), t)
  }

  /// The value at whole coordinates: an integer hash (Jarzynski & Olano 2020, pcg).
  private static func knot(_ i: Int32, _ j: Int32, _ salt: UInt32) -> Double {
    var h = UInt32(bitPattern: i) &* 0x9e37_79b1 ^ UInt32(bitPattern: j) &* 0x85eb_ca77 ^ salt
    h = h &* 747_796_405 &+ 2_891_336_453
    h = ((h >> ((h >> 28) &+ 4)) ^ h) &* 277_803_737
    h = (h >> 22) ^ h
    return Double(h) / 2_147_483_647.5 - 1
  }
}
