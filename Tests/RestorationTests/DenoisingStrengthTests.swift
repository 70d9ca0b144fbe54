import Random
import Restoration
import Testing

/// How much of the noise is taken away.
@Suite struct DenoisingStrengthTests {
  private let width = 32
  private let height = 24
  private var area: Int { width * height }

  private func values(_ index: Int, _ count: Int) -> [Float] {
    RandomStream(seed: 4, purpose: .comparison, index: index).normals(count).map { $0 * 0.2 }
  }

  private func applied(_ change: (inout DenoisingStrength) -> Void) -> (
    result: [Float], clean: [Float], noisy: [Float]
  ) {
    let (clean, noise) = (values(0, 3 * area), values(1, 3 * area))
    let noisy = zip(clean, noise).map(+)
    var strength = DenoisingStrength()
    change(&strength)
    return (
      strength.applied(
        to: RowBand(rows: 0..<height, seen: 0..<height, values: clean), of: noisy, colors: 3,
        width: width
      ).values, clean, noisy
    )
  }

  private func mean(_ values: [Float], at i: Int) -> Float {
    (values[i] + values[area + i] + values[2 * area + i]) / 3
  }

  @Test func `all, nothing and twice as much`() {
    let all = applied { _ in }
    #expect(all.result == all.clean)
    let none = applied { ($0.luma, $0.chroma) = (0, 0) }
    #expect(none.result == none.noisy)
    let twice = applied { ($0.luma, $0.chroma) = (2, 2) }
    for i in twice.result.indices {
      #expect(abs(twice.result[i] - (2 * twice.clean[i] - twice.noisy[i])) < 1e-5)
    }
  }

  @Test func `brightness and color are apart`() {
    let color = applied { $0.luma = 0 }
    let luma = applied { $0.chroma = 0 }
    for i in 0..<area {
      // Brightness as in the noisy image, color differences as in the clean one, and the other way round.
      #expect(abs(mean(color.result, at: i) - mean(color.noisy, at: i)) < 1e-5)
      let difference = color.result[i] - mean(color.result, at: i)
      #expect(abs(difference - (color.clean[i] - mean(color.clean, at: i))) < 1e-5)
      #expect(abs(mean(luma.result, at: i) - mean(luma.clean, at: i)) < 1e-5)
    }
  }

  @Test func `grain is the finest of the brightness noise`() {
    let grain = applied { $0.grain = 0.5 }
    var (sum, square) = (0.0, 0.0)
    for i in 0..<area {
      let back = grain.result[i] - grain.clean[i]
      for c in 1..<3 {
        #expect(abs(grain.result[c * area + i] - grain.clean[c * area + i] - back) < 1e-5)
      }
      sum += Double(back)
      square += Double(back * back)
    }
    // White noise of deviation 0.2 / sqrt(3), less the mean of nine, halved.
    let expected = 0.25 * (0.04 / 3) * (1 - 1.0 / 9)
    #expect(abs(square / Double(area) / expected - 1) < 0.15)
    #expect(abs(sum / Double(area)) < 0.005)
  }
}
