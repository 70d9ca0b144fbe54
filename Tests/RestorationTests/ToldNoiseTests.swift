import Restoration
import Sampling
import Testing

/// What a network is told after a first look.
@Suite struct ToldNoiseTests {
  /// White noise that the flattest windows show with a standard deviation in gray levels.
  private func flat(_ sigma: Double) -> FlatNoise {
    var flat = FlatNoise()
    flat.blocks = 1000
    flat.ofNeighbors.add(-0.122, 1)
    flat.ofChannels.add(0, 1)
    flat.variance = 1000 * sigma * sigma / (127.5 * 127.5)
    return flat
  }

  private func told(_ removed: NoiseEstimate, _ sigma: Double) -> ToldNoise {
    ToldNoise(removed, flat: nil, flat(sigma)) { sigma }
  }

  @Test func `more than flat windows show is told of photons' noise alone`() throws {
    var removed = NoiseEstimate(sigma: 12)
    (removed.luma, removed.chroma, removed.correlation) = (7, 9.7, 0)
    let bounded = try #require(told(removed, 6).level) * 127.5
    #expect(bounded < 12 && bounded > 6, "\(bounded)")
    // Dark windows are the flattest, and photons' noise is weak there.
    (removed.readNoise, removed.gain) = (1, 1.3)
    let photons = told(removed, 6)
    #expect(photons.gain > 1.3)
    #expect(photons.gain == told(removed, 12).gain)
  }

  @Test(arguments: [(0.2, false), (-0.1, true), (0.45, true)])
  func `noise of brightness alone that is a little alike may be texture`(
    correlation: Double, isTold: Bool
  ) throws {
    var removed = NoiseEstimate(sigma: 8.5)
    (removed.luma, removed.chroma, removed.correlation) = (8.4, 0.8, correlation)
    var flat = flat(5)
    flat.blocks = 0
    let level = try #require(ToldNoise(removed, flat: nil, flat) { 5 }.level) * 127.5
    #expect((level > 8) == isTold, "\(level)")
  }
}
