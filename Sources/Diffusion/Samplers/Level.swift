#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A level of the forward process as solvers write it: x = signal x_0 + noise eps.
struct Level: Sendable {
  let alphaBar: Double
  /// alpha = sqrt(abar).
  let signal: Double
  /// sigma = sqrt(1 - abar).
  let noise: Double

  init(alphaBar: Double) {
    self.alphaBar = alphaBar
    signal = alphaBar.squareRoot()
    noise = (1 - alphaBar).squareRoot()
  }

  /// lambda = log(alpha / sigma), half the logarithm of the signal-to-noise ratio; infinite at the
  /// clean image.
  var lambda: Double { log(signal / noise) }

  /// sigma / alpha: the noise's standard deviation relative to the image.
  var relativeNoise: Double { noise / signal }

  /// What images at this level are multiplied by, and the deviation of the noise that is added to them,
  /// on the forward process's way up to a noisier level.
  func rise(to hat: Level) -> (scale: Double, added: Double) {
    let scale = hat.signal / signal
    let added = max(0, hat.noise * hat.noise - scale * scale * noise * noise).squareRoot()
    return (scale, added)
  }
}

extension NoiseSchedule {
  /// The level at a real timestep, or at -1, the clean image.
  func level(at t: Double) -> Level { Level(alphaBar: alphaBar(at: t)) }
}
