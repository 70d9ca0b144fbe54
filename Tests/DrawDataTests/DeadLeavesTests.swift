import DrawData
import Testing

/// The pictures that denoisers are trained on.
@Suite struct DeadLeavesTests {
  /// The mean of the channels, rows of `size`.
  private func gray(_ image: UInt32, size: Int) -> [Double] {
    let pixels = DeadLeaves(seed: 3, image: image).pixels(size: size)
    return (0..<(size * size)).map { i in
      let sum = Int(pixels[3 * i]) + Int(pixels[3 * i + 1]) + Int(pixels[3 * i + 2])
      return Double(sum) / 3
    }
  }

  /// The differences of pixels beside each other.
  private func differences(_ values: [Double], _ size: Int) -> [Double] {
    var result: [Double] = []
    for y in 0..<size {
      for x in 1..<size { result.append(values[y * size + x] - values[y * size + x - 1]) }
    }
    return result
  }

  /// The mean of a power.
  private func moment(_ values: [Double], _ power: Int) -> Double {
    var sum = 0.0
    for value in values {
      let square = value * value
      sum += power == 4 ? square * square : square
    }
    return sum / Double(values.count)
  }

  @Test func `a picture follows from its seed and index`() {
    let first = DeadLeaves(seed: 3, image: 5).pixels(size: 48)
    #expect(first.count == 48 * 48 * 3)
    #expect(first == DeadLeaves(seed: 3, image: 5).pixels(size: 48))
    #expect(first != DeadLeaves(seed: 3, image: 6).pixels(size: 48))
    #expect(first != DeadLeaves(seed: 4, image: 5).pixels(size: 48))
  }

  @Test func `differences of neighbors are mostly small and sometimes large`() {
    // The kurtosis of derivatives of photographs is far above a normal distribution's 3 (Huang & Mumford 1999).
    let kurtoses = (0..<8).map { image in
      let values = differences(gray(UInt32(image), size: 128), 128)
      let variance = moment(values, 2)
      return moment(values, 4) / (variance * variance)
    }
    #expect(kurtoses.sorted()[4] > 8, "\(kurtoses)")
  }

  @Test func `means of pixels have about the contrast of the pixels`() {
    // No scale of its own: white noise would have a quarter, a slope four times as much.
    let ratios = (0..<12).map { image in
      let whole = gray(UInt32(image), size: 128)
      var half: [Double] = []
      for y in stride(from: 0, to: 128, by: 2) {
        for x in stride(from: 0, to: 128, by: 2) {
          let upper = whole[y * 128 + x] + whole[y * 128 + x + 1]
          let lower = whole[(y + 1) * 128 + x] + whole[(y + 1) * 128 + x + 1]
          half.append((upper + lower) / 4)
        }
      }
      return moment(differences(half, 64), 2) / moment(differences(whole, 128), 2)
    }
    #expect((0.7...3.2).contains(ratios.sorted()[6]), "\(ratios)")
  }
}
