internal import CPNGShim

/// The interleaved samples that libpng gives for a file, on their way to a format.
///
/// libpng expands palettes, bits and transparent colors, repeats gray and adds opaque alpha; what
/// loses something, alpha or color, is done here so that rounding is ours.
struct SampleLayout {
  /// Gray, gray and alpha, RGB, or RGBA: 1 to 4.
  let channels: Int
  private let isColor: Bool
  private let hasAlpha: Bool
  private let addsAlpha: Bool
  private let addsColor: Bool

  init(of header: PNGHeader, for format: PixelFormat) {
    let fileIsColor = header.colorType != .gray && header.colorType != .grayAlpha
    addsColor = format.colors == 3 && !fileIsColor
    addsAlpha = format.hasAlpha && !header.hasTransparency
    isColor = fileIsColor || addsColor
    hasAlpha = header.hasTransparency || addsAlpha
    channels = (isColor ? 3 : 1) + (hasAlpha ? 1 : 0)
  }

  /// The shim's options that make libpng give this layout.
  var options: Int {
    (addsColor ? Int(ST_PNG_COLOR) : 0) | (addsAlpha ? Int(ST_PNG_ALPHA) : 0)
  }

  /// 8-bit samples of `format` from samples of this layout, which has other channels. Where the format
  /// has no alpha, color is composed over the background.
  func convert(_ samples: [UInt8], to format: PixelFormat, over background: RGB) -> [UInt8] {
    let count = samples.count / channels
    let colors = hasAlpha ? channels - 1 : channels
    let behind = [background.red, background.green, background.blue]
    let grayBehind = background.gray
    let outputs = format.channels
    return [UInt8](unsafeUninitializedCapacity: count * outputs) { out, initialized in
      samples.withUnsafeBufferPointer { samples in
        for i in 0..<count {
          let at = i * channels
          let stored = hasAlpha ? samples[at + colors] : 255
          let alpha = format.hasAlpha ? 255 : stored
          if format.hasAlpha { out.initializeElement(at: (i + 1) * outputs - 1, to: stored) }
          if format.colors == 1 {
            let gray =
              isColor
              ? Luma.eightBit(samples[at], samples[at + 1], samples[at + 2]) : samples[at]
            out.initializeElement(at: i * outputs, to: Self.compose(gray, alpha, over: grayBehind))
          } else {
            for c in 0..<3 {
              out.initializeElement(
                at: i * outputs + c, to: Self.compose(samples[at + c], alpha, over: behind[c]))
            }
          }
        }
      }
      initialized = count * outputs
    }
  }

  /// Values on [-1, 1], planar, of `format` from 16-bit samples, as `convert` for those of 8 bits.
  func convert(_ samples: [UInt16], to format: PixelFormat, over background: RGB) -> [Float] {
    let count = samples.count / channels
    let colors = hasAlpha ? channels - 1 : channels
    let behind = [background.red, background.green, background.blue].map { Float($0) * 257 }
    var values = [Float](repeating: 0, count: count * format.channels)
    for i in 0..<count {
      let at = i * channels
      let stored = hasAlpha ? Float(samples[at + colors]) : 65535
      let alpha = format.hasAlpha ? 1 : stored / 65535
      if format.hasAlpha { values[format.colors * count + i] = Self.scaled(stored) }
      func composed(_ c: Int) -> Float {
        let sample = Float(samples[at + (isColor ? c : 0)])
        return behind[c] + (sample - behind[c]) * alpha
      }
      let color = (composed(0), composed(1), composed(2))
      if format.colors == 1 {
        values[i] = Self.scaled(Luma.real(color.0, color.1, color.2))
      } else {
        values[i] = Self.scaled(color.0)
        values[count + i] = Self.scaled(color.1)
        values[2 * count + i] = Self.scaled(color.2)
      }
    }
    return values
  }

  /// A 16-bit level on [-1, 1], which rounding may have led past the end.
  private static func scaled(_ level: Float) -> Float {
    min(max(level / 32767.5 - 1, -1), 1)
  }

  /// sample · alpha + behind · (1 - alpha), to the nearest.
  private static func compose(_ sample: UInt8, _ alpha: UInt8, over behind: UInt8) -> UInt8 {
    let sum = Int(sample) * Int(alpha) + Int(behind) * (255 - Int(alpha))
    return UInt8(truncatingIfNeeded: (sum + 127) / 255)
  }
}
