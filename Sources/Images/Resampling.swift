package import PNGCodec

/// A stretch of an image's columns or rows; its ends may lie within pixels.
package struct PixelStretch: Sendable {
  package let start: Double
  package let length: Double

  package init(start: Double, length: Double) {
    self.start = start
    self.length = length
  }
}

extension Raster {
  /// The part of the image within `x` and `y`, without them all of it, at another size.
  ///
  /// Shrinking averages exactly the area that becomes a pixel, parts of pixels counted as parts;
  /// enlarging interpolates linearly between pixel centers. Both on samples as they are, without
  /// regard to gamma. Transparent pixels lend no color to their neighbors.
  @_specialize(where Sample == UInt8)
  @_specialize(where Sample == UInt16)
  package func resampled(to size: ImageSize, x: PixelStretch? = nil, y: PixelStretch? = nil)
    -> Raster
  {
    let columns = Weights(
      x ?? PixelStretch(start: 0, length: Double(width)), of: width, outputs: size.width)
    let rows = Weights(
      y ?? PixelStretch(start: 0, length: Double(height)), of: height, outputs: size.height)
    let samples = premultiplied()
    let narrow = columns.applied(
      to: samples, lines: height, stride: channels, elements: channels, lineStride: width * channels
    )
    let small = rows.applied(
      to: narrow, lines: 1, stride: size.width * channels, elements: size.width * channels,
      lineStride: 0)
    return Raster(
      width: size.width, height: size.height, format: format, pixels: unmultiplied(small))
  }

  /// The samples, colors times alpha where there is one.
  private func premultiplied() -> [Float] {
    var samples = pixels.map { Float($0) }
    guard format.hasAlpha else { return samples }
    let (colors, largest) = (format.colors, Float(Sample.max))
    for at in stride(from: 0, to: samples.count, by: channels) {
      for c in 0..<colors { samples[at + c] *= samples[at + colors] / largest }
    }
    return samples
  }

  /// Samples rounded to the nearest, colors divided by alpha where there is one.
  private func unmultiplied(_ samples: [Float]) -> [Sample] {
    let largest = Float(Sample.max)
    func rounded(_ value: Float) -> Sample { Sample(min(largest, max(0, value.rounded()))) }
    guard format.hasAlpha else { return samples.map(rounded) }
    let colors = format.colors
    var pixels = [Sample](repeating: 0, count: samples.count)
    for at in stride(from: 0, to: samples.count, by: channels) {
      let alpha = samples[at + colors]
      pixels[at + colors] = rounded(alpha)
      if alpha == 0 { continue }
      for c in 0..<colors { pixels[at + c] = rounded(samples[at + c] * largest / alpha) }
    }
    return pixels
  }
}

/// Of which inputs each output along one axis is made.
private struct Weights {
  /// Inputs `first`, `first + 1`, … times `weights[offset]`, `weights[offset + 1]`, …
  private struct Output {
    let first: Int
    let offset: Int
    let count: Int
  }

  private var outputs: [Output] = []
  private var weights: [Float] = []

  init(_ stretch: PixelStretch, of inputs: Int, outputs count: Int) {
    let step = stretch.length / Double(count)
    for i in 0..<count {
      let begin = stretch.start + Double(i) * step
      if step > 1 {
        addArea(from: begin, to: begin + step, of: inputs)
      } else {
        addPoint(begin + step / 2 - 0.5, of: inputs)
      }
    }
  }

  /// An average in which each pixel counts as much as of it lies between the two ends.
  private mutating func addArea(from begin: Double, to end: Double, of inputs: Int) {
    let first = min(max(0, Int(begin)), inputs - 1)
    let last = min(inputs, max(first + 1, Int(end.rounded(.up))))
    let overlaps = (first..<last).map { max(0, min(end, Double($0 + 1)) - max(begin, Double($0))) }
    let sum = overlaps.reduce(0, +)
    outputs.append(Output(first: first, offset: weights.count, count: overlaps.count))
    weights += overlaps.map { sum > 0 ? Float($0 / sum) : 1 / Float(overlaps.count) }
  }

  /// The value at a point between two pixel centers; the edge's beyond the outermost centers.
  private mutating func addPoint(_ point: Double, of inputs: Int) {
    let clamped = min(max(0, point), Double(inputs - 1))
    let first = min(Int(clamped), max(0, inputs - 2))
    let part = Float(clamped - Double(first))
    outputs.append(Output(first: first, offset: weights.count, count: part > 0 ? 2 : 1))
    weights += part > 0 ? [1 - part, part] : [1]
  }

  /// Sums along the axis. An input is `elements` samples, `stride` from the next.
  func applied(
    to samples: [Float], lines: Int, stride: Int, elements: Int, lineStride: Int
  ) -> [Float] {
    var result = [Float](repeating: 0, count: lines * outputs.count * elements)
    result.withUnsafeMutableBufferPointer { result in
      samples.withUnsafeBufferPointer { samples in
        for line in 0..<lines {
          for (i, output) in outputs.enumerated() {
            let to = (line * outputs.count + i) * elements
            for k in 0..<output.count {
              let weight = weights[output.offset + k]
              let from = line * lineStride + (output.first + k) * stride
              for e in 0..<elements { result[to + e] += weight * samples[from + e] }
            }
          }
        }
      }
    }
    return result
  }
}
