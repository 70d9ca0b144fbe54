package import Diffusion
internal import Text

extension Readable {
  /// "linear, 1000 timesteps, beta 0.0001 to 0.02".
  package static func schedule(_ schedule: NoiseSchedule.Configuration) -> String {
    let steps = "\(schedule.kind.rawValue), \(counted(schedule.timesteps, "timestep"))"
    let end = schedule.reachesNoise ? ", zero terminal SNR" : ""
    if !schedule.kind.hasEnds && schedule.kind != .listed { return steps + end }
    return steps + ", beta \(number(schedule.betaStart)) to \(number(schedule.betaEnd))" + end
  }
}
