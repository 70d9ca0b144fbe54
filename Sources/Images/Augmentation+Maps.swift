internal import Foundation

// Of what augmentation is made.

/// (x, y) → (a x + b y + u, c x + d y + v).
package struct AffineMap: Equatable {
  package var a, b, c, d: Double
  package var u, v: Double

  package init(a: Double, b: Double, c: Double, d: Double, u: Double = 0, v: Double = 0) {
    (self.a, self.b, self.c, self.d, self.u, self.v) = (a, b, c, d, u, v)
  }

  package static let identity = AffineMap(a: 1, b: 0, c: 0, d: 1)
  package static func scaling(_ x: Double, _ y: Double) -> AffineMap {
    .init(a: x, b: 0, c: 0, d: y)
  }
  /// By an angle from the x axis to the y axis.
  package static func rotation(_ w: Double) -> AffineMap {
    .init(a: cos(w), b: -sin(w), c: sin(w), d: cos(w))
  }
  package static func shift(_ x: Double, _ y: Double) -> AffineMap {
    .init(a: 1, b: 0, c: 0, d: 1, u: x, v: y)
  }

  package func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (a * x + b * y + u, c * x + d * y + v)
  }

  /// This map of what the first gives.
  package func after(_ first: AffineMap) -> AffineMap {
    let shift = self(first.u, first.v)
    return .init(
      a: a * first.a + b * first.c, b: a * first.b + b * first.d, c: c * first.a + d * first.c,
      d: c * first.b + d * first.d, u: shift.x, v: shift.y)
  }
}

/// A change of colors on the scale -1...1: of each the mean of its channels, its distance from that, and a constant.
package struct ColorMap: Equatable {
  /// What the gray part is multiplied with, and what is added to it.
  package var gain = 1.0
  package var offset = 0.0
  /// What the part across is turned by and multiplied with.
  package var hue = 0.0
  package var chroma = 1.0

  package static let identity = ColorMap()

  package func brightened(by w: Double) -> ColorMap { with { $0.offset += w } }
  package func contrasted(by factor: Double) -> ColorMap {
    with {
      $0.gain *= factor
      $0.offset *= factor
      $0.chroma *= factor
    }
  }
  package func hueRotated(by w: Double) -> ColorMap { with { $0.hue += w } }
  package func saturated(by factor: Double) -> ColorMap { with { $0.chroma *= factor } }

  private func with(_ change: (inout ColorMap) -> Void) -> ColorMap {
    var map = self
    change(&map)
    return map
  }

  /// Changes the colors of an image (C, H, W) of 1 channel or of red, green, blue and perhaps others, which stay.
  package func apply(to image: UnsafeMutableBufferPointer<Float>, channels: Int, area: Int) {
    if channels < 3 {
      for i in 0..<area { image[i] = Float(gain * Double(image[i]) + offset) }
      return
    }
    // Rotation about the gray axis: each channel is cos times itself, plus sin times the difference of the others.
    let (along, across) = (chroma * cos(hue), chroma * sin(hue) / 3.0.squareRoot())
    for i in 0..<area {
      let color = (0..<3).map { Double(image[$0 * area + i]) }
      let gray = (color[0] + color[1] + color[2]) / 3
      for c in 0..<3 {
        let turned =
          along * (color[c] - gray) + across * (color[(c + 2) % 3] - color[(c + 1) % 3])
        image[c * area + i] = Float(gain * gray + offset + turned)
      }
    }
  }
}
