#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How training draws the timesteps of its examples.
package enum TimestepSampling: Equatable, Sendable {
  /// Every timestep as often (Ho et al. 2020, algorithm 1).
  case uniform
  /// Noise levels s evenly from a range, on the [-1, 1] scale: for denoisers, which are asked about
  /// no others (Zhang et al. 2017, section III-D). The timesteps are real numbers.
  case noiseLevels(ClosedRange<Double>)
  /// Noise levels s whose logarithm is normal, within the schedule's. The timesteps are real numbers.
  case logNormal(mean: Double, deviation: Double)

  /// log s has mean -1.2 and standard deviation 1.2 (Karras et al. 2022, table 1, "noise distribution").
  package static let karras = TimestepSampling.logNormal(mean: -1.2, deviation: 1.2)
  /// log(u / (1 - u)) is standard normal where x = (1 - u) x_0 + u eps (Esser et al. 2024, eq. 19, with m 0 and s 1):
  /// as u / (1 - u) is the noise level.
  package static let logitNormal = TimestepSampling.logNormal(mean: 0, deviation: 1)

  /// The timestep that a part `quantile` of the draws, from 0 to less than 1, lies below.
  package func timestep(atQuantile quantile: Double, of schedule: NoiseSchedule) -> Double {
    switch self {
    case .uniform:
      return min(
        (quantile * Double(schedule.timesteps)).rounded(.down), Double(schedule.timesteps - 1))
    case .noiseLevels(let range):
      let level = range.lowerBound + quantile * (range.upperBound - range.lowerBound)
      return schedule.timestep(forNoiseLevel: level)
    case .logNormal(let mean, let deviation):
      return schedule.timestep(
        forNoiseLevel: exp(mean + deviation * Self.normal(atQuantile: quantile)))
    }
  }

  /// The standard normal number that a part `quantile` lies below, held within 9 deviations.
  private static func normal(atQuantile quantile: Double) -> Double {
    var (low, high) = (-9.0, 9.0)
    // Halved until the ends are neighbors in double precision.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < quantile { low = middle } else { high = middle }
    }
    return high
  }
}
