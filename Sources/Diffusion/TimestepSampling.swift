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
  /// Noise levels whose logarithm is normal with mean -1.2 and standard deviation 1.2, within the
  /// schedule's (Karras et al. 2022, table 1, "noise distribution"). The timesteps are real numbers.
  case logNormal

  /// The timestep that a part `quantile` of the draws, from 0 to less than 1, lies below.
  package func timestep(atQuantile quantile: Double, of schedule: NoiseSchedule) -> Double {
    switch self {
    case .uniform:
      return min(
        (quantile * Double(schedule.timesteps)).rounded(.down), Double(schedule.timesteps - 1))
    case .noiseLevels(let range):
      let level = range.lowerBound + quantile * (range.upperBound - range.lowerBound)
      return schedule.timestep(forNoiseLevel: level)
    case .logNormal:
      return schedule.timestep(forNoiseLevel: exp(-1.2 + 1.2 * Self.normal(atQuantile: quantile)))
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
