/// How training draws the timesteps of its examples.
package enum TimestepSampling: Equatable, Sendable {
  /// Every timestep as often (Ho et al. 2020, algorithm 1).
  case uniform
  /// Noise levels s evenly from a range, on the [-1, 1] scale: for denoisers, which are asked about
  /// no others (Zhang et al. 2017, section III-D). The timesteps are real numbers.
  case noiseLevels(ClosedRange<Double>)

  /// The timestep that a part `quantile` of the draws, from 0 to less than 1, lies below.
  package func timestep(atQuantile quantile: Double, of schedule: NoiseSchedule) -> Double {
    switch self {
    case .uniform:
      return min(
        (quantile * Double(schedule.timesteps)).rounded(.down), Double(schedule.timesteps - 1))
    case .noiseLevels(let range):
      let level = range.lowerBound + quantile * (range.upperBound - range.lowerBound)
      return schedule.timestep(forNoiseLevel: level)
    }
  }
}
