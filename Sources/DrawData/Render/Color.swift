#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Red, green and blue in linear light: twice the number is twice the light.
typealias Light = SIMD3<Double>

/// The straight blend from `a` to `b` in linear light.
func mix(_ a: Light, _ b: Light, _ t: Double) -> Light { a + (b - a) * t }

/// A color as people order them: lightness 0 … 1, chroma 0 … 0.3, hue in degrees.
///
/// The axes are those of OKLCH (Ottosson 2020), so that equal steps look equal.
struct Color {
  let lightness, chroma, hue: Double

  /// A color by its three coordinates.
  init(_ lightness: Double, _ chroma: Double, _ hue: Double) {
    self.lightness = lightness
    self.chroma = chroma
    self.hue = hue
  }

  /// The same color turned around the wheel by `degrees`.
  func turned(_ degrees: Double) -> Color { Color(lightness, chroma, hue + degrees) }

  /// The color's place in OKLab: lightness, green to red, blue to yellow.
  var lab: SIMD3<Double> {
    let radians = hue * .pi / 180
    return SIMD3(lightness, chroma * cos(radians), chroma * sin(radians))
  }

  /// The color in linear light; what sRGB cannot show is cut off.
  var light: Light { Self.light(lab: lab) }

  /// Linear light from OKLab.
  static func light(lab: SIMD3<Double>) -> Light {
    let l = lab.x + 0.396_337_777_4 * lab.y + 0.215_803_757_3 * lab.z
    let m = lab.x - 0.105_561_345_8 * lab.y - 0.063_854_172_8 * lab.z
    let s = lab.x - 0.089_484_177_5 * lab.y - 1.291_485_548_0 * lab.z
    let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
    let light = Light(
      4.076_741_662_1 * l3 - 3.307_711_591_3 * m3 + 0.230_969_929_2 * s3,
      -1.268_438_004_6 * l3 + 2.609_757_401_1 * m3 - 0.341_319_396_5 * s3,
      -0.004_196_086_3 * l3 - 0.703_418_614_7 * m3 + 1.707_614_701_0 * s3)
    return light.clamped(lowerBound: .zero, upperBound: .one)
  }
}

/// The sRGB byte of one channel of linear light.
func encoded(_ light: Double) -> UInt8 {
  let x = clamp(light)
  let curved = x <= 0.003_130_8 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
  return UInt8((curved * 255).rounded())
}
