#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Levels between the timesteps: those of the path where it has a formula for them, and else by interpolating the
/// logarithm of the signal-to-noise ratio.
///
/// An image y = x_0 + s n with noise of standard deviation s (on the [-1, 1] scale) is, scaled by
/// sqrt(abar), x_t at the t where sqrt((1 - abar_t) / abar_t) = s.
///
/// Where a schedule ends in noise the logarithm of the last timestep would be infinite. Between it and
/// the timestep before, and as the largest noise level, there stands a fourth of the ratio before: twice
/// the noise. At the last timestep itself abar is 0.
extension NoiseSchedule {
  /// log(abar / (1 - abar)) at a real timestep from 0 to T - 1.
  package func logSignalToNoise(at t: Double) -> Double {
    precondition(t >= 0 && t <= Double(timesteps - 1), "timestep \(t) is outside the schedule")
    let below = Int(t)
    let lower = finiteLogSignalToNoise(below)
    let fraction = t - Double(below)
    if fraction == 0 { return lower }
    if let path = configuration.path { return -2 * log(path.noiseLevel(t)) }
    return lower + fraction * (finiteLogSignalToNoise(below + 1) - lower)
  }

  private func finiteLogSignalToNoise(_ t: Int) -> Double {
    let ratio = signalToNoise(t)
    return ratio > 0 ? log(ratio) : log(signalToNoise(t - 1) / 4)
  }

  /// abar at a real timestep from 0 to T - 1, or at -1, the clean image.
  package func alphaBar(at t: Double) -> Double {
    if t == -1 { return 1 }
    if t == t.rounded(), t >= 0, t < Double(timesteps) { return alphaBar[Int(t)] }
    return 1 / (1 + exp(-logSignalToNoise(at: t)))
  }

  /// s = sqrt((1 - abar_t) / abar_t), the noise's standard deviation relative to the image, at a
  /// real timestep from 0 to T - 1.
  package func noiseLevel(at t: Double) -> Double { exp(-logSignalToNoise(at: t) / 2) }

  /// The real timestep whose noise level is `s`: the nearest end of the schedule where `s` is
  /// outside.
  package func timestep(forNoiseLevel s: Double) -> Double {
    guard s > 0 else { return 0 }
    let target = -2 * log(s)
    if let path = configuration.path {
      let last = Double(timesteps - 1)
      return target <= finiteLogSignalToNoise(timesteps - 1)
        ? last : min(max(path.timestep(s), 0), last)
    }
    // log SNR falls with t: the first timestep that is at most the target.
    var low = 0
    var high = timesteps
    while low < high {
      let middle = (low + high) / 2
      if finiteLogSignalToNoise(middle) > target { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return 0 }
    guard low < timesteps else { return Double(timesteps - 1) }
    let before = finiteLogSignalToNoise(low - 1)
    let after = finiteLogSignalToNoise(low)
    return Double(low - 1) + (before - target) / (before - after)
  }

  /// The factor sqrt(abar) = 1 / sqrt(1 + s^2) that makes y = x_0 + s n an x_t.
  package static func signalScale(forNoiseLevel s: Double) -> Double {
    1 / (1 + s * s).squareRoot()
  }
}
