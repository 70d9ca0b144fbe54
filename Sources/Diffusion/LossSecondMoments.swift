/// The last losses at each timestep, and timesteps drawn by them so that the bound's noise is small
/// (Nichol & Dhariwal 2021, section 3.3, eq. 18):
///
///     p_t ∝ sqrt(E[L_t^2]),   each loss weighed by 1 / (T p_t), which keeps its mean
///
/// with E over the last 10 losses. Until every timestep has so many, all are drawn as often; after
/// that one draw in 1000 still is uniform. Both are improved-diffusion's `LossSecondMomentResampler`.
package struct LossSecondMoments: Codable, Equatable, Sendable {
  /// How many losses of a timestep are remembered.
  package static let memory = 10
  private static let uniformPart = 0.001

  /// (T, 10): of each timestep the oldest first; zeros where there are none yet.
  package private(set) var losses: [Double]
  /// (T): how many losses a timestep has.
  package private(set) var counts: [Int]

  /// No losses yet.
  package init(timesteps: Int) {
    losses = [Double](repeating: 0, count: timesteps * Self.memory)
    counts = [Int](repeating: 0, count: timesteps)
  }

  /// Takes up what was kept; nil where it cannot be what was.
  package init?(losses: [Double], counts: [Int]) {
    guard losses.count == counts.count * Self.memory, losses.allSatisfy(\.isFinite),
      counts.allSatisfy({ (0...Self.memory).contains($0) })
    else { return nil }
    (self.losses, self.counts) = (losses, counts)
  }

  /// Remembers a loss; one that is not finite is left out.
  package mutating func record(_ loss: Double, at t: Int) {
    guard loss.isFinite else { return }
    let first = t * Self.memory
    if counts[t] == Self.memory {
      for i in first..<(first + Self.memory - 1) { losses[i] = losses[i + 1] }
      counts[t] -= 1
    }
    losses[first + counts[t]] = loss
    counts[t] += 1
  }

  /// How often each timestep is drawn; the sum is 1.
  package var probabilities: [Double] {
    let timesteps = Double(counts.count)
    let uniform = [Double](repeating: 1 / timesteps, count: counts.count)
    guard counts.allSatisfy({ $0 == Self.memory }) else { return uniform }
    let roots = counts.indices.map { t in
      let memory = losses[(t * Self.memory)..<((t + 1) * Self.memory)]
      return (memory.reduce(0) { $0 + $1 * $1 } / Double(Self.memory)).squareRoot()
    }
    let sum = roots.reduce(0, +)
    guard sum > 0 else { return uniform }
    return roots.map { $0 / sum * (1 - Self.uniformPart) + Self.uniformPart / timesteps }
  }
}
