internal import Foundation
package import Random

/// Random changes of training images of which the network is told, so that it learns from few images without
/// drawing changed ones: at sampling it is told of none (Karras et al. 2020, "Training generative adversarial
/// networks with limited data"; Karras et al. 2022, appendix F.2, whose changes of geometry these are).
///
/// Each change is made with a probability. By w, of which u is uniform in -1...1 and n standard normal:
///
/// | change | amount | labels |
/// | --- | --- | --- |
/// | mirrored left to right, top to bottom | | 1, 1 |
/// | scaled by 2^(0.2 w) | w = n | w |
/// | rotated by w | w = pi u | cos w - 1, sin w |
/// | stretched by 2^(0.2 w) in direction v, as much narrower across | w = n, v = pi u / 2 | w cos 2v, w sin 2v |
/// | shifted by w widths and w' heights, to whole pixels | w, w' = n / 8 | 8 w, 8 w' |
/// | brightness, by w of -1...1 | w = 0.2 n | 5 w |
/// | contrast, times 2^(0.5 w) | w = n | w |
/// | hue of color images, by w | w = pi u | cos w - 1, sin w |
/// | saturation of color images, times 2^w | w = n | w |
///
/// What was not changed has the label 0. Beyond its edges an image is mirrored; between its pixels stands the
/// cubic of Keys 1981. Values may leave -1...1: clipping could not be undone.
package struct Augmentation: Equatable, Sendable {
  /// Numbers that tell what was changed.
  package static let labelCount = 14
  /// Below how many images training makes such changes unless a user says otherwise.
  package static let fewImages = 500
  /// With what probability then (Karras et al. 2022, table 7).
  package static let usualProbability = 0.12

  /// Of each change.
  package let probability: Double

  package init(probability: Double) { self.probability = probability }

  /// Changes an image (C, H, W) in place, and gives its labels.
  package func callAsFunction(
    _ image: UnsafeMutableBufferPointer<Float>, channels: Int, width: Int, height: Int,
    _ stream: RandomStream
  ) -> [Float] {
    let drawn = draw(isColor: channels >= 3, width: width, height: height, stream)
    if let inverse = drawn.inverse {
      for c in 0..<channels {
        let plane = UnsafeMutableBufferPointer(
          rebasing: image[(c * width * height)..<((c + 1) * width * height)])
        Self.resample(plane, width: width, height: height, inverse)
      }
    }
    if let color = drawn.color {
      color.apply(to: image, channels: channels, area: width * height)
    }
    return drawn.labels
  }

  /// What is done to an image; nil where nothing is.
  package struct Change {
    /// From a place in the result to the one in the image, both from the middle.
    package var inverse: AffineMap?
    package var color: ColorMap?
    package var labels = [Float](repeating: 0, count: labelCount)
  }

  package func draw(isColor: Bool, width: Int, height: Int, _ stream: RandomStream) -> Change {
    var change = Change()
    // Change k is made as number k says; what it is follows from numbers 32 + 2 k and 33 + 2 k.
    func isMade(_ k: Int) -> Bool { Double(stream.uniform(at: k)) < probability }
    func normals(_ k: Int) -> (Double, Double) {
      let pair = stream.normals(2, from: 32 + 2 * k)
      return (Double(pair[0]), Double(pair[1]))
    }
    func angle(_ k: Int, _ which: Int = 0) -> Double {
      .pi * (2 * Double(stream.uniform(at: 32 + 2 * k + which)) - 1)
    }
    func label(_ first: Int, _ values: Double...) {
      for (i, value) in values.enumerated() { change.labels[first + i] = Float(value) }
    }

    // The result is the image mirrored, scaled, rotated, stretched and shifted: all that is undone in turn.
    var map = AffineMap.identity
    if isMade(0) {
      map = map.after(.scaling(-1, 1))
      label(0, 1)
    }
    if isMade(1) {
      map = map.after(.scaling(1, -1))
      label(1, 1)
    }
    if isMade(2) {
      let w = normals(2).0
      map = map.after(.scaling(exp2(-0.2 * w), exp2(-0.2 * w)))
      label(2, w)
    }
    if isMade(3) {
      let w = angle(3)
      map = map.after(.rotation(-w))
      label(3, cos(w) - 1, sin(w))
    }
    if isMade(4) {
      let (w, direction) = (normals(4).0, angle(9) / 2)
      let squeeze = AffineMap.scaling(exp2(-0.2 * w), exp2(0.2 * w))
      map = map.after(.rotation(direction)).after(squeeze).after(.rotation(-direction))
      label(5, w * cos(2 * direction), w * sin(2 * direction))
    }
    if isMade(5) {
      let w = normals(5)
      let (x, y) = ((w.0 / 8 * Double(width)).rounded(), (w.1 / 8 * Double(height)).rounded())
      map = map.after(.shift(-x, -y))
      label(7, 8 * x / Double(width), 8 * y / Double(height))
    }
    if map != .identity { change.inverse = map }

    var color = ColorMap.identity
    if isMade(6) {
      let w = normals(6).0
      color = color.brightened(by: 0.2 * w)
      label(9, w)
    }
    if isMade(7) {
      let w = normals(7).0
      color = color.contrasted(by: exp2(0.5 * w))
      label(10, w)
    }
    if isColor && isMade(8) {
      let w = angle(8)
      color = color.hueRotated(by: w)
      label(11, cos(w) - 1, sin(w))
    }
    if isColor && isMade(10) {
      let w = normals(10).0
      color = color.saturated(by: exp2(w))
      label(13, w)
    }
    if color != .identity { change.color = color }
    return change
  }

  /// Each pixel from the place that the map names, by cubics along both axes; the image goes on mirrored.
  package static func resample(
    _ plane: UnsafeMutableBufferPointer<Float>, width: Int, height: Int, _ map: AffineMap
  ) {
    let image = Array(plane)
    let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    for y in 0..<height {
      for x in 0..<width {
        let place = map(Double(x) - middleX, Double(y) - middleY)
        let (sourceX, sourceY) = (place.x + middleX, place.y + middleY)
        let (left, top) = (sourceX.rounded(.down), sourceY.rounded(.down))
        let (across, down) = (keys(sourceX - left), keys(sourceY - top))
        var sum = 0.0
        for j in 0..<4 where down[j] != 0 {
          let row = Reflection.halfSample(Int(top) - 1 + j, of: height) * width
          for i in 0..<4 where across[i] != 0 {
            let place = row + Reflection.halfSample(Int(left) - 1 + i, of: width)
            sum += down[j] * across[i] * Double(image[place])
          }
        }
        plane[y * width + x] = Float(sum)
      }
    }
  }

  /// The weights of the pixels at -1, 0, 1 and 2 for a place between 0 and 1 (Keys 1981, a = -1/2).
  package static func keys(_ t: Double) -> [Double] {
    [
      ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1,
      ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t,
    ]
  }
}
