#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which timesteps of a schedule a sampler visits.
public enum TimestepSpacing: String, Codable, Sendable, CaseIterable {
  /// 0, k, 2 k, …: starts below the schedule's last timestep.
  case leading
  /// …, T - 1 - k, T - 1: starts at the last timestep (Lin et al. 2024, table 2).
  case trailing
  /// From 0 to T - 1, both included; whole numbers but for `flow` and `edm`, whose levels have a formula.
  case linspace
  /// From 0 to T - 1, both included, with the noise levels sigma = sqrt((1 - abar) / abar) evenly
  /// spaced in sigma^(1/7), so that they are closest where there is least noise; most of these
  /// timesteps lie between two whole ones (Karras et al. 2022, eq. 5).
  case karras

  /// The timesteps of `steps` steps, largest first.
  ///
  /// Those of the first three are whole numbers, rounded as diffusers does (steps_offset 0).
  ///
  /// - Parameter aboveZero: whether `leading` and `linspace` leave out timestep 0, the first of
  ///   `steps` + 1, as diffusers' DPM-Solvers and UniPC do; they go from the last but one to the clean
  ///   image.
  func timesteps(_ steps: Int, of schedule: NoiseSchedule, aboveZero: Bool) -> [Double] {
    let total = schedule.timesteps
    // All there are have no room for one to leave out.
    let isOpen = aboveZero && steps < total
    let count = isOpen ? steps + 1 : steps
    let increasing: [Double]
    switch self {
    case .leading:
      increasing = (0..<count).map { Double($0 * (total / count)) }
    case .linspace:
      let step = Double(total - 1) / Double(max(count - 1, 1))
      let isContinuous = schedule.configuration.isContinuous
      increasing = (0..<count).map {
        isContinuous ? Double($0) * step : (Double($0) * step).rounded(.toNearestOrEven)
      }
    case .trailing:
      // As numpy.arange(T, 0, -T / steps) rounds, which decides where a timestep lies half way.
      let last = Double(total)
      let step = (last - last / Double(steps)) - last
      return (0..<steps).map { (last + Double($0) * step).rounded(.toNearestOrEven) - 1 }
    case .karras:
      return Self.karras(steps, of: schedule)
    }
    return Array(increasing.dropFirst(isOpen ? 1 : 0).reversed())
  }

  private static func karras(_ steps: Int, of schedule: NoiseSchedule) -> [Double] {
    let rho = 7.0
    let last = Double(schedule.timesteps - 1)
    let largest = pow(schedule.noiseLevel(at: last), 1 / rho)
    let smallest = pow(schedule.noiseLevel(at: 0), 1 / rho)
    return (0..<steps).map { i in
      if i == 0 { return last }
      if i == steps - 1 { return 0 }
      let position = Double(i) / Double(steps - 1)
      return schedule.timestep(
        forNoiseLevel: pow(largest + position * (smallest - largest), rho))
    }
  }
}
