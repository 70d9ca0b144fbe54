internal import CPNGShim

/// The interleaved samples that libpng gives for a file, on their way to a format.
///
/// libpng expands palettes, bits and transparent colours, repeats grey and adds opaque alpha; what
/// loses something, alpha or colour, is done here so that rounding is ours.
struct SampleLayout {
  /// Grey, grey and alpha, RGB, or RGBA: 1 to 4.
  let channels: Int
  private let isColour: Bool
  private let hasAlpha: Bool
  private let addsAlpha: Bool
  private let addsColour: Bool

  init(of header: PNGHeader, for format: PixelFormat) {
    let fileIsColour = header.colourType != .grey && header.colourType != .greyAlpha
    addsColour = format.colours == 3 && !fileIsColour
    addsAlpha = format.hasAlpha && !header.hasTransparency
    isColour = fileIsColour || addsColour
    hasAlpha = header.hasTransparency || addsAlpha
    channels = (isColour ? 3 : 1) + (hasAlpha ? 1 : 0)
  }

  /// The shim's options that make libpng give this layout.
  var options: Int {
    (addsColour ? Int(ST_PNG_COLOUR) : 0) | (addsAlpha ? Int(ST_PNG_ALPHA) : 0)
  }

  /// 8-bit samples of `format` from samples of this layout, which has other channels. Where the format
  /// has no alpha, color is composed over the background.
  func convert(_ samples: [UInt8], to format: PixelFormat, over background: RGB) -> [UInt8] {
    let count = samples.count / channels
    let colours = hasAlpha ? channels - 1 : channels
    let behind = [background.red, background.green, background.blue]
    let greyBehind = background.grey
    let outputs = format.channels
    return [UInt8](unsafeUninitializedCapacity: count * outputs) { out, initialized in
      samples.withUnsafeBufferPointer { samples in
        for i in 0..<count {
          let at = i * channels
          let stored = hasAlpha ? samples[at + colours] : 255
          let alpha = format.hasAlpha ? 255 : stored
          if format.hasAlpha { out.initializeElement(at: (i + 1) * outputs - 1, to: stored) }
          if format.colours == 1 {
            let grey =
              isColour
              ? Luma.eightBit(samples[at], samples[at + 1], samples[at + 2]) : samples[at]
            out.initializeElement(at: i * outputs, to: Self.compose(grey, alpha, over: greyBehind))
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
    let colours = hasAlpha ? channels - 1 : channels
    let behind = [background.red, background.green, background.blue].map { Float($0) * 257 }
    var values = [Float](repeating: 0, count: count * format.channels)
    for i in 0..<count {
      let at = i * channels
      let stored = hasAlpha ? Float(samples[at + colours]) : 65535
      let alpha = format.hasAlpha ? 1 : stored / 65535
      if format.hasAlpha { values[format.colours * count + i] = Self.scaled(stored) }
      func composed(_ c: Int) -> Float {
        let sample = Float(samples[at + (isColour ? c : 0)])
        return behind[c] + (sample - behind[c]) * alpha
      }
      let colour = (composed(0), composed(1), composed(2))
      if format.colours == 1 {
        values[i] = Self.scaled(Luma.real(colour.0, colour.1, colour.2))
      } else {
        values[i] = Self.scaled(colour.0)
        values[count + i] = Self.scaled(colour.1)
        values[2 * count + i] = Self.scaled(colour.2)
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
