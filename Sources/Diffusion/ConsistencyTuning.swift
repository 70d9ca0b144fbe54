#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The loss of consistency tuning (Geng et al. 2024, "Consistency models made easy"), by which a network of diffusion
/// learns to give the same image from all points of one way from noise to an image:
///
///     loss = (sqrt(mean (f(x_t, t) - f(x_r, r))^2 + c^2) - c) / (t - r),   x_t = x_0 + t eps,  x_r = x_0 + r eps
///
/// with t and r noise levels sigma, the same eps, and no gradient through f(x_r, r). c is 0.00054 (Song & Dhariwal
/// 2024, section 3.3, for the mean in place of the sum over elements). f is the network's own prediction of x_0
/// (`Objective.x0`): what it weighs x_t and the output by is c_skip and c_out of Karras et al. 2022 for `edm`, and of
/// the other objectives comes to 1 and 0 alike where the noise ends, or for `image` comes there by learning. So f keeps
/// to the boundary condition f(x_0, 0) = x_0, and neither network nor samplers know anything new.
package struct ConsistencyTuning: Sendable, Equatable {
  /// How levels are drawn: log t has mean -1.1 and standard deviation 2 (section 4.2).
  package static let levels = TimestepSampling.logNormal(mean: -1.1, deviation: 2)
  /// In the stages t - r is n(t) / 8, / 16, / 32 and from then on / 64 of t. The paper begins at 2, since its networks may know
  /// nothing yet, and goes beyond 256: in a short tuning that was measured to do worse.
  private static let (first, stages) = (8.0, 4)
  private static let smoothing = 0.00054

  /// Training steps of a stage.
  package let stageSteps: Int

  /// Tuning in stages of so many steps.
  package init(stageSteps: Int) { self.stageSteps = max(1, stageSteps) }

  /// The level r that is compared with t in a step, counted from 0 (section 4.1):
  ///
  ///     r = max(0, t (1 - n(t) / (8 * 2^stage))),   n(t) = 1 + 8 / (1 + exp(t))
  package func level(below t: Double, step: Int) -> Double {
    let stage = min(step / stageSteps, Self.stages - 1)
    let n = 1 + 8 / (1 + exp(t))
    return max(0, t * (1 - n / (Self.first * pow(2, Double(stage)))))
  }

  /// The level r of the last stage, by which networks are measured.
  package func lastLevel(below t: Double) -> Double {
    level(below: t, step: stageSteps * Self.stages)
  }

  /// The loss of an image, and what its squared error counts for that has the same gradient.
  ///
  /// - Parameters:
  ///   - squares: the mean of (f(x_t, t) - f(x_r, r))^2.
  ///   - distance: t - r.
  package static func loss(
    _ squares: Double, distance: Double
  ) -> (loss: Double, weight: Double) {
    let root = (squares + smoothing * smoothing).squareRoot()
    return ((root - smoothing) / distance, 1 / (2 * root * distance))
  }
}
