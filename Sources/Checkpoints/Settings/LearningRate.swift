import Foundation

/// Learning-rate schedule after the warm-up.
public enum LearningRateSchedule: String, Codable, Sendable, CaseIterable {
  /// The peak learning rate to the end.
  case constant
  /// Half a cosine down to zero (Loshchilov & Hutter 2017, equation 5, without restarts).
  case cosine
}

/// The learning rate of each step: a linear rise, then constant or half a cosine down to zero.
public struct LearningRate: Equatable, Sendable {
  let peak: Double
  let warmup: Int
  package let schedule: LearningRateSchedule
  /// The steps of the whole run, at the end of which a cosine has come down to zero.
  let total: Int?
  /// Its seconds, which count where it has no number of steps: with one, the rate is the same however fast the machine is.
  let time: Double?

  /// Up to `peak` in `warmup` steps, and on from there by a schedule.
  package init(
    peak: Double, warmup: Int, schedule: LearningRateSchedule, total: Int?, time: Double? = nil
  ) {
    self.peak = peak
    self.warmup = warmup
    self.schedule = schedule
    self.total = total
    self.time = time
  }

  /// The rate of step number `step`, counted from 0, of a run that has trained for `seconds`.
  package func callAsFunction(_ step: Int, seconds: Double = 0) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    guard schedule == .cosine else { return peak }
    // Of the time, too, the warm-up has taken its part.
    let warm = step == 0 ? 0 : seconds * Double(warmup) / Double(step)
    let progress =
      total.map { Double(step - warmup) / Double(max(1, $0 - warmup)) }
      ?? time.map { (seconds - warm) / max($0 - warm, 1e-9) } ?? 0
    return peak * 0.5 * (1 + cos(.pi * min(1, progress)))
  }
}
