/// What a layer lays over one point: a color, and how much of what lies below it hides.
struct Paint {
  let light: Light
  let coverage: Double

  /// Nothing.
  static let none = Paint(light: .zero, coverage: 0)
}

/// A part of the picture that is painted over the parts behind it.
protocol Layer {
  /// Where the layer may have paint; outside it is not asked.
  var bounds: Box { get }

  /// The paint at `point`, with edges that fade over `softness`.
  func paint(at point: Point, softness: Double) -> Paint
}

/// The light on a square grid of samples, several across each pixel.
struct Canvas {
  /// Samples across a pixel, in either direction.
  private static let oversampling = 4

  private let size, side: Int
  private var samples: [Light]

  /// A dark canvas for a picture of `size` x `size` pixels.
  init(size: Int) {
    self.size = size
    side = size * Self.oversampling
    samples = [Light](repeating: .zero, count: side * side)
  }

  /// Lays `layer` over what is there.
  mutating func draw(_ layer: some Layer) {
    let bounds = layer.bounds
    let columns = range(bounds.low.x, bounds.high.x)
    let softness = 1 / Double(side)
    for row in range(bounds.low.y, bounds.high.y) {
      for column in columns {
        let point = (Point(Double(column), Double(row)) + 0.5) * softness
        let paint = layer.paint(at: point, softness: softness)
        guard paint.coverage > 0 else { continue }
        let place = row * side + column
        samples[place] = mix(samples[place], paint.light, paint.coverage)
      }
    }
  }

  /// The pixels as sRGB bytes, (size, size, 3), each the mean light of its samples.
  func pixels() -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * 3)
    let scale = 1 / Double(Self.oversampling * Self.oversampling)
    for row in 0..<size {
      for column in 0..<size {
        var sum = Light.zero
        for y in 0..<Self.oversampling {
          let start = (row * Self.oversampling + y) * side + column * Self.oversampling
          for x in 0..<Self.oversampling { sum += samples[start + x] }
        }
        let light = sum * scale
        pixels.append(encoded(light.x))
        pixels.append(encoded(light.y))
        pixels.append(encoded(light.z))
      }
    }
    return pixels
  }

  /// The samples that may lie between two coordinates.
  private func range(_ low: Double, _ high: Double) -> Range<Int> {
    let first = max(0, Int((low * Double(side)).rounded(.down)))
    let end = min(side, Int((high * Double(side)).rounded(.up)))
    return first..<max(first, end)
  }
}
