import Foundation

/// The learning rate of each step: a linear rise, then constant or half a cosine down to zero.
public struct LearningRate: Equatable, Sendable {
  /// How the rate runs after the warm-up.
  public enum Course: String, Codable, Sendable, CaseIterable {
    case constant
    /// Loshchilov & Hutter 2017, equation 5, without restarts.
    case cosine
  }

  let peak: Double
  let warmup: Int
  package let course: Course
  /// The steps of the whole run, at the end of which a cosine has come down to zero.
  let total: Int?

  /// A course up to `peak` in `warmup` steps, and on from there.
  package init(peak: Double, warmup: Int, course: Course, total: Int?) {
    self.peak = peak
    self.warmup = warmup
    self.course = course
    self.total = total
  }

  /// The rate of step number `step`, counted from 0.
  package func callAsFunction(_ step: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    guard course == .cosine, let total, total > warmup else { return peak }
    let progress = min(1, Double(step - warmup) / Double(total - warmup))
    return peak * 0.5 * (1 + cos(.pi * progress))
  }
}
