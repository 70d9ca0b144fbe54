#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A picture of leaves that have fallen on each other, with the statistics of photographs: their number falls with
/// the cube of their size, so that the picture has no scale of its own (Lee, Mumford & Huang 2001). Denoisers
/// trained on such pictures come near those trained on photographs (Achddou, Gousseau & Ladjal 2021).
///
/// Ours have slopes of light, textures and writing too, and parts of them are out of focus.
public struct DeadLeaves {
  private let seed: UInt64
  private let image: UInt32
  /// Samples across a pixel, in either direction.
  private static let oversampling = 2
  /// Leaves at most; what they leave open is the ground.
  private static let most = 20_000

  /// A picture by its seed and index.
  public init(seed: UInt64, image: UInt32) { (self.seed, self.image) = (seed, image) }

  /// The pixels as sRGB bytes, (size, size, 3).
  public func pixels(size: Int) -> [UInt8] {
    let side = size * Self.oversampling
    var numbers = Numbers(seed: seed, image: image, thing: 0)
    let palette = Self.palette(&numbers)
    // Some pictures have large leaves alone, some have many small ones.
    let least = exp(numbers.uniform(in: log(1)...log(16))) / Double(size)
    let writings = numbers.chance(0.25) ? 1 + numbers.index(below: 3) : 0
    let blur = numbers.chance(0.65) ? 0 : numbers.uniform(in: 0.3...1)
    var samples = [SIMD3<Float>](repeating: .zero, count: side * side)
    var isOpen = [Bool](repeating: true, count: side * side)
    var open = side * side

    for thing in 1..<(1 + writings) {
      var numbers = Numbers(seed: seed, image: image, thing: thing)
      let writing = Writing(size: size, &numbers)
      let ink = SIMD3<Float>(writing.ink)
      fill(&samples, &isOpen, &open, side, Box.picture) { point in
        writing.covers(point) ? ink : nil
      }
    }
    // From the front to the back: what is covered stays.
    for thing in 0..<Self.most where open > side * side / 500 {
      var numbers = Numbers(seed: seed, image: image, thing: 16 + thing)
      let center = Point(numbers.uniform(in: -0.1...1.1), numbers.uniform(in: -0.1...1.1))
      let largest = 0.6
      // The density of radii falls with their cube.
      let (a, b) = (1 / (least * least), 1 / (largest * largest))
      let reach = 1 / mix(a, b, numbers.uniform()).squareRoot()
      let shape = LeafShape(center: center, reach: reach, &numbers)
      let leaf = LeafFill(palette, center: center, size: size, &numbers)
      fill(&samples, &isOpen, &open, side, .around(center, radius: reach)) { point in
        shape.contains(point) ? SIMD3<Float>(leaf.light(at: point)) : nil
      }
    }
    var ground = Numbers(seed: seed, image: image, thing: 15)
    let leaf = LeafFill(palette, center: Point(0.5, 0.5), size: size, &ground)
    fill(&samples, &isOpen, &open, side, Box.picture) { SIMD3<Float>(leaf.light(at: $0)) }
    return Self.reduced(samples, side: side, blur: blur)
  }

  /// Some colors, most of them of little chroma, as in photographs.
  private static func palette(_ numbers: inout Numbers) -> [Color] {
    let hue = numbers.uniform(in: 0...360)
    let spread = numbers.uniform(in: 10...120)
    let chroma = numbers.chance(0.15) ? 0.0 : numbers.uniform(in: 0.01...0.09)
    return (0..<(3 + numbers.index(below: 8))).map { _ in
      Color(
        numbers.uniform(in: 0.15...0.92), chroma * numbers.uniform(in: 0...2),
        hue + spread * numbers.normal())
    }
  }

  /// Paints what is open of a box.
  private func fill(
    _ samples: inout [SIMD3<Float>], _ isOpen: inout [Bool], _ open: inout Int, _ side: Int,
    _ box: Box, _ paint: (Point) -> SIMD3<Float>?
  ) {
    func range(_ low: Double, _ high: Double) -> Range<Int> {
      let first = min(max(0, Int((low * Double(side)).rounded(.down))), side)
      return first..<max(first, min(side, Int((high * Double(side)).rounded(.up))))
    }
    for row in range(box.low.y, box.high.y) {
      for column in range(box.low.x, box.high.x) where isOpen[row * side + column] {
        let point = Point(Double(column) + 0.5, Double(row) + 0.5) / Double(side)
        guard let light = paint(point) else { continue }
        samples[row * side + column] = light
        isOpen[row * side + column] = false
        open -= 1
      }
    }
  }

  /// The pixels: means of their samples, seen through a lens that blurs by some pixels.
  private static func reduced(_ samples: [SIMD3<Float>], side: Int, blur: Double) -> [UInt8] {
    let size = side / oversampling
    let seen = blur > 0 ? blurred(samples, side, Float(blur) * Float(oversampling)) : samples
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * 3)
    for row in 0..<size {
      for column in 0..<size {
        var sum = SIMD3<Float>.zero
        for y in 0..<oversampling {
          for x in 0..<oversampling {
            sum += seen[(row * oversampling + y) * side + column * oversampling + x]
          }
        }
        let light = Light(sum) / Double(oversampling * oversampling)
        pixels += [encoded(light.x), encoded(light.y), encoded(light.z)]
      }
    }
    return pixels
  }

  /// A Gaussian blur, rows and then columns.
  private static func blurred(
    _ samples: [SIMD3<Float>], _ side: Int, _ sigma: Float
  ) -> [SIMD3<Float>] {
    let radius = Int((3 * sigma).rounded(.up))
    let weights = (-radius...radius).map { exp(-Float($0 * $0) / (2 * sigma * sigma)) }
    let total = weights.reduce(0, +)
    func pass(_ from: [SIMD3<Float>], step: Int, line: Int) -> [SIMD3<Float>] {
      var result = from
      for i in 0..<side {
        for j in 0..<side {
          var sum = SIMD3<Float>.zero
          for (number, weight) in weights.enumerated() {
            let place = min(max(j + number - radius, 0), side - 1)
            sum += weight * from[i * line + place * step]
          }
          result[i * line + j * step] = sum / total
        }
      }
      return result
    }
    return pass(pass(samples, step: 1, line: side), step: side, line: 1)
  }
}
