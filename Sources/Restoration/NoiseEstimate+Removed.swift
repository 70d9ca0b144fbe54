package import Sampling

extension NoiseEstimate {
  /// What noise is like that has been taken out of an image.
  ///
  /// - Parameters:
  ///   - noisy, clean: (C, H, W) on the [-1, 1] scale, before and after.
  ///   - isGray: whether the channels are one channel repeated.
  package init(
    noisy: [Float], clean: [Float], channels: Int, width: Int, height: Int, isGray: Bool
  ) {
    let (area, channels) = (width * height, isGray ? 1 : channels)
    let removed = (0..<(channels * area)).map { 127.5 * (noisy[$0] - clean[$0]) }
    self.init(sigma: Self.deviation(removed))
    var luma = [Float](repeating: 0, count: area)
    var tones = luma
    for i in 0..<(channels * area) {
      luma[i % area] += removed[i] / Float(channels)
      tones[i % area] += (clean[i] * 127.5 + 127.5) / Float(channels)
    }
    self.luma = Self.deviation(luma)
    if channels > 1 {
      chroma = Self.deviation((0..<removed.count).map { removed[$0] - luma[$0 % area] })
    }
    (readNoise, gain) = Self.line(through: removed, over: tones)
    let field = NoiseField(values: luma, width: width, height: height)
    correlation = field.correlation
    hasJPEGGrid = field.hasGrid
  }

  private static func deviation(_ values: [Float]) -> Double {
    if values.isEmpty { return 0 }
    return (values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count))
      .squareRoot()
  }

  /// read and gain of variance = read^2 + gain x, the least squares over classes of tones that have pixels enough.
  private static func line(
    through noise: [Float], over tones: [Float]
  ) -> (read: Double, gain: Double) {
    let (classes, width) = (16, Float(16))
    var (counts, sums, places) = (
      [Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes),
      [Double](repeating: 0, count: classes)
    )
    for (i, value) in noise.enumerated() {
      let tone = tones[i % tones.count]
      let index = min(max(Int(tone / width), 0), classes - 1)
      counts[index] += 1
      sums[index] += Double(value * value)
      places[index] += Double(tone)
    }
    let used = counts.indices.filter { counts[$0] >= 200 }
    let total = used.reduce(0) { $0 + counts[$1] }
    guard total > 0 else { return (deviation(noise), 0) }
    let x = used.reduce(0) { $0 + places[$1] } / total
    let y = used.reduce(0) { $0 + sums[$1] } / total
    var (xx, xy) = (0.0, 0.0)
    for i in used {
      let (dx, dy) = (places[i] / counts[i] - x, sums[i] / counts[i] - y)
      xx += counts[i] * dx * dx
      xy += counts[i] * dx * dy
    }
    let gain = xx > 0 ? min(max(xy / xx, 0), x > 0 ? y / x : 0) : 0
    return (max(y - gain * x, 0).squareRoot(), gain)
  }
}

/// Noise (H, W) as a field, of which neighbors are compared.
private struct NoiseField {
  let values: [Float]
  let width: Int
  let height: Int

  /// The correlation of pixels side by side, and one below the other, in the mean.
  var correlation: Double {
    var (products, squares, count) = (0.0, 0.0, 0)
    for y in 0..<height {
      for x in 0..<width {
        let value = Double(values[y * width + x])
        squares += value * value
        if x + 1 < width { products += value * Double(values[y * width + x + 1]) }
        if y + 1 < height { products += value * Double(values[(y + 1) * width + x]) }
        count += (x + 1 < width ? 1 : 0) + (y + 1 < height ? 1 : 0)
      }
    }
    guard squares > 0, count > 0 else { return 0 }
    return products / Double(count) / (squares / Double(values.count))
  }

  /// Whether steps between neighbors are larger at every eighth place, across and down.
  var hasGrid: Bool {
    let across = steps(lines: height, length: width, line: width, step: 1)
    let down = steps(lines: width, length: height, line: 1, step: width)
    return [across, down].allSatisfy { steps in
      guard width >= 32, height >= 32, let largest = steps.max() else { return false }
      let others = steps.sorted().dropLast()
      return largest > 1.15 * others[others.count / 2] && largest > 0.2
    }
  }

  /// The mean step before each place of eight.
  private func steps(lines: Int, length: Int, line: Int, step: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: 8)
    var counts = [Int](repeating: 0, count: 8)
    for i in 0..<lines {
      for j in 1..<max(length, 1) {
        sums[j % 8] += Double(abs(values[i * line + j * step] - values[i * line + (j - 1) * step]))
        counts[j % 8] += 1
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : 0 }
  }
}
