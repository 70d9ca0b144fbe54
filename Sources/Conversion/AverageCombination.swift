package import Checkpoints
internal import LinearAlgebra

/// An average of any length as a sum of averages that were kept, by least squares of their profiles
/// (Karras et al. 2024, section 3.2 and appendix C, algorithm 3).
package struct AverageCombination: Sendable {
  /// An average that was kept, as it was after a step.
  package struct Snapshot: Equatable, Sendable {
    package let average: PowerFunctionAverage
    /// Updates of the weights until then.
    package let step: Int

    package init(_ average: PowerFunctionAverage, step: Int) {
      self.average = average
      self.step = step
    }
  }

  /// What each snapshot is multiplied with; together they are 1.
  package let weights: [Double]
  /// How far the sum's profile is from the one wanted, as a part of the latter's norm.
  package let error: Double

  /// Approximates `average` as it would be after step `step`.
  package init(_ average: PowerFunctionAverage, at step: Int, from snapshots: [Snapshot]) {
    precondition(!snapshots.isEmpty, "nothing to put together")
    let matrix = snapshots.flatMap { a in
      snapshots.map {
        PowerFunctionAverage.innerProduct(a.average, at: a.step, $0.average, at: $0.step)
      }
    }
    let target = snapshots.map {
      PowerFunctionAverage.innerProduct($0.average, at: $0.step, average, at: step)
    }
    let solution = choleskySolution(choleskyFactor(matrix, order: target.count), target)
    // As EDM2's program does: weights that all steps agree on are to stay as they are.
    let sum = solution.reduce(0, +)
    weights = solution.map { $0 / sum }
    let n = weights.count
    let own = PowerFunctionAverage.innerProduct(average, at: step, average, at: step)
    var square = own
    for i in 0..<n {
      square -= 2 * weights[i] * target[i]
      for j in 0..<n { square += weights[i] * weights[j] * matrix[i * n + j] }
    }
    error = (max(0, square) / own).squareRoot()
  }
}
