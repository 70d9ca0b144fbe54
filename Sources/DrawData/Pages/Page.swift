#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A picture as scanners and screens have it: paper or a window of one color, with writing, lines, flat shapes and
/// sprites, black, white and saturated colors among them. Photographs and dead leaves have hardly a flat area, and
/// a denoiser that has seen none leaves noise in them.
public struct Page {
  private let seed: UInt64
  private let image: UInt32

  /// A picture by its seed and index.
  public init(seed: UInt64, image: UInt32) { (self.seed, self.image) = (seed, image) }

  /// The pixels as sRGB bytes, (size, size, 3).
  public func pixels(size: Int) -> [UInt8] {
    var numbers = Numbers(seed: seed, image: image, thing: 0)
    let paper = Paper(&numbers)
    let marks = (1...(4 + numbers.index(below: 28))).map { thing in
      var numbers = Numbers(seed: seed, image: image, thing: thing)
      return Mark(size: size, &numbers)
    }
    func light(_ x: Double, _ y: Double) -> Light {
      let point = Point(x, y) / Double(size)
      for mark in marks { if let light = mark.light(at: point) { return light } }
      return paper.light(at: point)
    }
    // Without steps between colors as old programs draw, or with them.
    let places = numbers.chance(0.3) ? [0.5] : [0.25, 0.75]
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * 3)
    for row in 0..<size {
      for column in 0..<size {
        var sum = Light.zero
        for y in places {
          for x in places { sum += light(Double(column) + x, Double(row) + y) }
        }
        let mean = sum / Double(places.count * places.count)
        pixels += [encoded(mean.x), encoded(mean.y), encoded(mean.z)]
      }
    }
    return pixels
  }
}

/// What marks lie on: mostly white, black, or a color, now and then with a slope of light.
private struct Paper {
  private let lab: SIMD3<Double>
  private let slope: Point

  init(_ numbers: inout Numbers) {
    lab = Self.color(&numbers, white: 0.45, black: 0.15).lab
    slope =
      numbers.chance(0.25) ? heading(numbers.uniform(in: 0...(2 * .pi))) * numbers.uniform() : .zero
  }

  /// White, black, or any color.
  static func color(_ numbers: inout Numbers, white: Double, black: Double) -> Color {
    let kind = numbers.uniform()
    let lightness = numbers.uniform(in: 0.1...1)
    // As colorful as a screen can show, or more or less pale.
    let chroma = numbers.chance(0.3) ? 0.4 : 0.3 * numbers.uniform() * numbers.uniform()
    let other = Color(lightness, chroma, numbers.uniform(in: 0...360))
    return kind < white ? Color(1, 0, 0) : kind < white + black ? Color(0, 0, 0) : other
  }

  func light(at point: Point) -> Light {
    var lab = lab
    lab.x = clamp(lab.x + dot(slope, point - Point(0.5, 0.5)))
    return Color.light(lab: lab)
  }
}

/// Something on a page.
private enum Mark {
  case writing(Writing)
  case shape(LeafShape, Light)
  /// The outline of a shape: what is in it and not in one that is smaller by some pixels.
  case outline(LeafShape, inner: LeafShape, Light)
  case sprite(Sprite)

  init(size: Int, _ numbers: inout Numbers) {
    let kind = numbers.uniform()
    let center = Point(numbers.uniform(), numbers.uniform())
    let reach = exp(numbers.uniform(in: log(3)...log(Double(max(size, 8)) / 3))) / Double(size)
    let light = Paper.color(&numbers, white: 0.15, black: 0.3).light
    switch kind {
    case ..<0.4: self = .writing(Writing(size: size, &numbers))
    case ..<0.65: self = .shape(LeafShape(center: center, reach: reach, &numbers), light)
    case ..<0.85:
      let width = numbers.uniform(in: 1...4) / Double(size)
      var same = numbers
      self = .outline(
        LeafShape(center: center, reach: reach, &numbers),
        inner: LeafShape(center: center, reach: max(0, reach - width), &same), light)
    default: self = .sprite(Sprite(center, size: size, &numbers))
    }
  }

  func light(at point: Point) -> Light? {
    switch self {
    case .writing(let writing): writing.covers(point) ? writing.ink : nil
    case .shape(let shape, let light): shape.contains(point) ? light : nil
    case .outline(let outer, let inner, let light):
      outer.contains(point) && !inner.contains(point) ? light : nil
    case .sprite(let sprite): sprite.light(at: point)
    }
  }
}

/// Dots of few colors, mirrored, each some whole pixels wide.
private struct Sprite {
  private let corner: Point
  private let dot: Double
  private let side: Int
  /// (side, side); nil where nothing is.
  private let dots: [Light?]

  init(_ center: Point, size: Int, _ numbers: inout Numbers) {
    let pixels = Double(1 + numbers.index(below: 6))
    dot = pixels / Double(size)
    side = 2 * (3 + numbers.index(below: 6))
    corner = Point(
      (center.x * Double(size)).rounded() / Double(size),
      (center.y * Double(size)).rounded() / Double(size))
    let colors = (0..<(2 + numbers.index(below: 4))).map { _ in
      Paper.color(&numbers, white: 0.1, black: 0.15).light
    }
    var dots = [Light?](repeating: nil, count: side * side)
    for row in 0..<side {
      for column in 0..<(side / 2) {
        let color = numbers.chance(0.6) ? colors[numbers.index(below: colors.count)] : nil
        dots[row * side + column] = color
        dots[row * side + side - 1 - column] = color
      }
    }
    self.dots = dots
  }

  func light(at point: Point) -> Light? {
    let place = (point - corner) / dot
    let (column, row) = (Int(floor(place.x)), Int(floor(place.y)))
    guard (0..<side).contains(column), (0..<side).contains(row) else { return nil }
    return dots[row * side + column]
  }
}
