import Checkpoints
import JPEGCodec
import Random
import Restoration
import Sampling
import Testing

/// What is told of noise that has been taken away.
@Suite struct NoiseEstimateTests {
  private let side = 192

  /// A picture with all tones: a ramp of color.
  private var ramp: [Float] {
    let area = side * side
    return (0..<(3 * area)).map { i -> Float in
      let place = i % side + (i / area == 1 ? 10 : 0)
      return Float(place) / Float(side + 10) * 1.8 - 0.9
    }
  }

  private func estimate(_ noisy: [Float], _ clean: [Float], isGray: Bool = false) -> NoiseEstimate {
    var removed = RemovedNoise(channels: 3, width: side, height: side, isGray: isGray)
    removed.add(RowBand(rows: 0..<side, seen: 0..<side, values: clean), noisy: noisy)
    return removed.estimate
  }

  @Test func `what nobody sees tells nothing of the noise`() {
    let stream = RandomStream(seed: 8, purpose: .degradation, index: 0, site: 1)
    var noisy = NoiseModel(sigma: 20).noisy(ramp, channels: 3, width: side, height: side, stream)
      .values
    // Under alpha 0 there is a smooth continuation, from which nothing is taken.
    let isVisible = (0..<(side * side)).map { $0 / side < 40 && $0 % side < 150 }
    for i in noisy.indices where !isVisible[i % isVisible.count] { noisy[i] = ramp[i] }
    var removed = RemovedNoise(channels: 3, width: side, height: side, isGray: false)
    removed.add(
      RowBand(rows: 0..<side, seen: 0..<side, values: ramp), noisy: noisy, isVisible: isVisible)
    let found = removed.estimate
    #expect(abs(found.sigma - 20) < 0.5 && abs(found.correlation ?? 1) < 0.03, "\(found)")
    #expect(estimate(noisy, ramp).sigma < 10)
  }

  @Test func `an area of a single color tells nothing of the noise beside it`() {
    let stream = RandomStream(seed: 8, purpose: .degradation, index: 0, site: 1)
    var (noisy, clean) = (ramp, ramp)
    let whole = NoiseModel(sigma: 20).noisy(ramp, channels: 3, width: side, height: side, stream)
    // A white frame around a picture that is a tenth of all.
    for i in noisy.indices {
      let (x, y) = (i % side, i % (side * side) / side)
      let isPicture = (60..<120).contains(x) && (60..<120).contains(y)
      (noisy[i], clean[i]) = isPicture ? (whole.values[i], ramp[i]) : (1, 1)
    }
    let found = estimate(noisy, clean)
    // The frame's edge has neighbors that differ, and no noise.
    #expect(abs(found.sigma - 20) < 1 && !found.isClean, "\(found)")
    #expect(abs(found.correlation ?? 1) < 0.05, "\(found)")
  }

  private func noisy(_ model: NoiseModel) -> NoiseEstimate {
    let stream = RandomStream(seed: 8, purpose: .degradation, index: 0, site: 1)
    let noisy = model.noisy(ramp, channels: 3, width: side, height: side, stream)
    return estimate(noisy.values, ramp)
  }

  @Test func `white noise`() {
    let found = noisy(NoiseModel(sigma: 20))
    #expect(abs(found.sigma - 20) < 0.3)
    #expect(abs((found.luma ?? 0) - 20 / 3.0.squareRoot()) < 0.3)
    #expect(abs((found.chroma ?? 0) - 20 * (2.0 / 3).squareRoot()) < 0.3)
    #expect((found.gain ?? 1) < 0.3 && abs((found.readNoise ?? 0) - 20) < 1)
    #expect(abs(found.correlation ?? 1) < 0.03)
    #expect(found.hasJPEGGrid == false && !found.isClean)
  }

  @Test func `photon noise has its gain and its read noise`() {
    let found = noisy(NoiseModel(sigma: 5, gain: 2))
    #expect(abs((found.gain ?? 0) - 2) < 0.2, "\(found)")
    #expect(abs((found.readNoise ?? 0) - 5) < 2, "\(found)")
  }

  @Test func `noise that neighbors share is correlated, and color noise is color noise`() {
    var model = NoiseModel(sigma: 10)
    (model.radius, model.chromaRadius, model.chroma) = (1, 1, 2)
    let found = noisy(model)
    #expect((found.correlation ?? 0) > 0.6, "\(found)")
    #expect((found.chroma ?? 0) > 2 * (found.luma ?? 1), "\(found)")
  }

  @Test func `JPEG leaves the edges of its blocks`() throws {
    let stream = RandomStream(seed: 9, purpose: .degradation, index: 0, site: 1)
    let clean = NoiseModel(sigma: 4).noisy(ramp, channels: 3, width: side, height: side, stream)
      .values
    let area = side * side
    let pixels = (0..<(3 * area)).map { i in
      UInt8(min(max(clean[i % 3 * area + i / 3] * 127.5 + 127.5, 0), 255).rounded())
    }
    let back = try JPEGCompression().compressed(
      pixels, width: side, height: side, channels: 3, quality: 15)
    let values = (0..<(3 * area)).map { Float(back[$0 % area * 3 + $0 / area]) / 127.5 - 1 }
    #expect(estimate(values, ramp).hasJPEGGrid == true)
  }

  @Test func `clean images have none, gray ones no color noise`() {
    #expect(estimate(ramp, ramp).isClean)
    let gray = estimate(ramp.map { $0 + 0.1 }, ramp, isGray: true)
    #expect(gray.chroma == nil && abs(gray.sigma - 12.75) < 0.01)
  }

  @Test func `a sentence for all images`() throws {
    var one = NoiseEstimate(sigma: 12.34)
    #expect(NoiseSummary([one]) == nil, "no more is known")
    (one.luma, one.chroma, one.gain, one.readNoise, one.correlation, one.hasJPEGGrid) =
      (7, 10, 0, 12.34, 0.25, true)
    #expect(
      try #require(NoiseSummary([one])).description
        == "noise found: sigma 12.3 on the 0-255 scale; luma 7, chroma 10; correlation of neighbors 0.3; JPEG blocks"
    )
  }

  @Test(
    arguments: [
      ("gaussian:25", 25, nil), ("poisson:0.02", nil, 5.1), ("poisson:0.02+gaussian:3", 3, 5.1),
    ] as [(String, Double?, Double?)])
  func `known noise is read`(text: String, sigma: Double?, gain: Double?) throws {
    let noise = try #require(KnownNoise(text))
    #expect(noise.sigma == sigma)
    #expect(abs((noise.gain ?? 0) - (gain ?? 0)) < 1e-9)
  }

  @Test(arguments: [
    "", "25", "gaussian", "gaussian:", "gaussian:-1", "gaussian:1+gaussian:2", "salt:0.1",
    "poisson:inf",
    "poisson:0.1+",
  ])
  func `other words are no noise`(text: String) { #expect(KnownNoise(text) == nil) }
}
