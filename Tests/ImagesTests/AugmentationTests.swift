import Images
import Random
import Testing

struct AugmentationTests {
  private static let stream = RandomStream(seed: 1, purpose: .augmentation, index: 3, step: 2)

  private func resampled(_ image: [Float], width: Int, height: Int, _ map: AffineMap) -> [Float] {
    var image = image
    image.withUnsafeMutableBufferPointer {
      Augmentation.resample($0, width: width, height: height, map)
    }
    return image
  }

  @Test("A shift by whole pixels copies them, and the image goes on mirrored beyond its edges")
  func shift() {
    let image: [Float] = [1, 2, 3, 4, 5, 6]
    #expect(
      resampled(image, width: 3, height: 2, .shift(-1, 0)) == [1, 1, 2, 4, 4, 5])
    #expect(
      resampled(image, width: 3, height: 2, .shift(2, 1)) == [6, 6, 5, 6, 6, 5])
    #expect(resampled(image, width: 3, height: 2, .scaling(-1, 1)) == [3, 2, 1, 6, 5, 4])
  }

  @Test("A quarter turn of a square is exact to rounding")
  func quarter() {
    let turned = resampled([1, 2, 3, 4, 5, 6, 7, 8, 9], width: 3, height: 3, .rotation(.pi / 2))
    let expected: [Float] = [3, 6, 9, 2, 5, 8, 1, 4, 7]
    for (a, b) in zip(turned, expected) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("Between pixels a ramp goes on straight, and a constant stays", arguments: [0.3, 0.5, 0.9])
  func ramp(t: Double) {
    let (width, height) = (12, 3)
    let ramp = (0..<(width * height)).map { Float($0 % width) }
    let shifted = resampled(ramp, width: width, height: height, .shift(t, 0))
    for x in 2..<(width - 3) { #expect(abs(Double(shifted[x]) - Double(x) - t) < 1e-5) }
    #expect(abs(Augmentation.keys(t).reduce(0, +) - 1) < 1e-12)
  }

  @Test("Maps follow each other as functions do")
  func composition() {
    let (a, b) = (AffineMap.rotation(0.7), AffineMap.shift(2, -3).after(.scaling(2, 0.5)))
    let (inner, both) = (b(1, 4), a.after(b)(1, 4))
    let outer = a(inner.x, inner.y)
    #expect(abs(outer.x - both.x) < 1e-12 && abs(outer.y - both.y) < 1e-12)
  }

  @Test("A third of the circle of hues makes red green; gray stays gray")
  func hue() {
    var image: [Float] = [1, 0.25, -0.5, 0.25, -0.25, 0.25]
    image.withUnsafeMutableBufferPointer {
      ColorMap.identity.hueRotated(by: 2 * .pi / 3).apply(to: $0, channels: 3, area: 2)
    }
    let expected: [Float] = [-0.25, 0.25, 1, 0.25, -0.5, 0.25]
    for (a, b) in zip(image, expected) { #expect(abs(a - b) < 1e-6) }
  }

  @Test("Brightness comes before contrast, and alpha is left alone")
  func colors() {
    var image: [Float] = [0.5, 0.5, 0.5, 0.9]
    image.withUnsafeMutableBufferPointer {
      ColorMap.identity.brightened(by: 0.1).contrasted(by: 2).saturated(by: 3)
        .apply(to: $0, channels: 4, area: 1)
    }
    for (a, b) in zip(image, [1.2, 1.2, 1.2, 0.9] as [Float]) { #expect(abs(a - b) < 1e-6) }
    var gray: [Float] = [0.5]
    gray.withUnsafeMutableBufferPointer {
      ColorMap.identity.contrasted(by: 0.5).brightened(by: -0.1)
        .apply(to: $0, channels: 1, area: 1)
    }
    #expect(abs(gray[0] - 0.15) < 1e-6)
  }

  @Test("What is not made has the label 0; all changes are undone in turn")
  func labels() {
    let none = Augmentation(probability: 0).draw(
      isColor: true, width: 8, height: 8, Self.stream)
    #expect(none.inverse == nil && none.color == nil && none.labels.allSatisfy { $0 == 0 })
    let all = Augmentation(probability: 1).draw(isColor: true, width: 8, height: 8, Self.stream)
    #expect(all.labels.count == Augmentation.labelCount)
    #expect(all.labels[0] == 1 && all.labels[1] == 1)
    // The labels tell the changes: their map, made forward, leads back.
    let l = all.labels.map(Double.init)
    let rotation = AffineMap(a: l[3] + 1, b: -l[4], c: l[4], d: l[3] + 1)
    let w = (l[5] * l[5] + l[6] * l[6]).squareRoot()
    // Half the angle of (l5, l6).
    let c = ((1 + l[5] / w) / 2).squareRoot()
    let s = ((1 - l[5] / w) / 2).squareRoot() * (l[6] < 0 ? -1 : 1)
    let along = AffineMap(a: c, b: -s, c: s, d: c)
    let back = AffineMap(a: c, b: s, c: -s, d: c)
    let scale = pow2(0.2 * l[2])
    let forward = AffineMap.shift(l[7], l[8])
      .after(along).after(.scaling(pow2(0.2 * w), pow2(-0.2 * w))).after(back)
      .after(rotation).after(.scaling(-scale, -scale))
    let there = forward(1, -2)
    let again = all.inverse?(there.x, there.y)
    #expect(abs((again?.x ?? 0) - 1) < 1e-5 && abs((again?.y ?? 0) + 2) < 1e-5)
  }

  private func pow2(_ x: Double) -> Double {
    var (result, term) = (1.0, 1.0)
    for k in 1..<40 {
      term *= x * 0.693147180559945309 / Double(k)
      result += term
    }
    return result
  }

  @Test("Each change is made about as often as it is to be, and grayscale images keep their colors")
  func shares() {
    let count = 4000
    var made = [Int](repeating: 0, count: Augmentation.labelCount)
    var ofGray = made
    for index in 0..<count {
      let stream = RandomStream(seed: 5, purpose: .augmentation, index: index)
      let augmentation = Augmentation(probability: 0.25)
      let color = augmentation.draw(isColor: true, width: 64, height: 64, stream).labels
      let gray = augmentation.draw(isColor: false, width: 64, height: 64, stream).labels
      for i in made.indices {
        made[i] += color[i] == 0 ? 0 : 1
        ofGray[i] += gray[i] == 0 ? 0 : 1
      }
    }
    // Shifts of less than half a pixel are none.
    for i in made.indices where i != 7 && i != 8 { #expect(abs(made[i] - count / 4) < 120) }
    #expect(ofGray[..<11] == made[..<11] && ofGray[11...].allSatisfy { $0 == 0 })
  }
}
