import Checkpoints
import Conversion
import Foundation
import Testing

@Suite struct PowerFunctionAverageTests {
  /// From EDM2's `std_to_exp`.
  @Test(arguments: [
    (0.05, 16.972198602303447), (0.10, 6.937203937601809), (0.2, 1.8262137798958404),
  ])
  func `the exponent has the length`(length: Double, exponent: Double) {
    #expect(abs(PowerFunctionAverage(length: length).exponent - exponent) < 1e-9)
  }

  @Test func `inner products are those of the profiles`() {
    // p(tau) = (gamma + 1) tau^gamma / t^(gamma + 1) up to t.
    func profile(_ average: PowerFunctionAverage, _ t: Double, _ tau: Double) -> Double {
      tau > t ? 0 : (average.exponent + 1) * pow(tau / t, average.exponent) / t
    }
    let (a, b) = (PowerFunctionAverage(length: 0.1), PowerFunctionAverage(length: 0.2))
    for (stepA, stepB) in [(30, 50), (50, 30), (40, 40)] {
      var sum = 0.0
      let step = 1e-3
      for k in 0..<50_000 {
        let tau = (Double(k) + 0.5) * step
        sum += step * profile(a, Double(stepA), tau) * profile(b, Double(stepB), tau)
      }
      let found = PowerFunctionAverage.innerProduct(a, at: stepA, b, at: stepB)
      #expect(abs(found / sum - 1) < 1e-5)
    }
  }

  /// What a step's weights may be: they settle, and never come to rest.
  private func weights(_ step: Int) -> Double {
    exp(-Double(step) / 200) + 0.1 * sin(Double(step) * 0.37) + 0.05 * sin(Double(step) * 0.011)
  }

  /// The average after `steps`, and what it was at each multiple of `interval`.
  private func average(_ length: Double, steps: Int, interval: Int) -> (
    last: Double, kept: [Double]
  ) {
    let average = PowerFunctionAverage(length: length)
    var (value, kept) = (0.0, [Double]())
    for step in 1...steps {
      value += (weights(step) - value) * (1 - average.decay(step))
      if step % interval == 0 { kept.append(value) }
    }
    return (value, kept)
  }

  @Test(arguments: [(0.03, 3e-4), (0.05, 1e-12), (0.08, 5e-5), (0.10, 1e-12), (0.15, 2e-4)])
  func `an average of another length is put together closely`(length: Double, limit: Double) {
    let (steps, interval) = (1000, 25)
    let lengths = [0.05, 0.10]
    let kept = lengths.map { average($0, steps: steps, interval: interval).kept }
    let snapshots = lengths.flatMap { length in
      (1...(steps / interval)).map {
        AverageCombination.Snapshot(PowerFunctionAverage(length: length), step: $0 * interval)
      }
    }
    let combination = AverageCombination(
      PowerFunctionAverage(length: length), at: steps, from: snapshots)
    #expect(abs(combination.weights.reduce(0, +) - 1) < 1e-12)
    let found = zip(combination.weights, kept.joined()).reduce(0) { $0 + $1.0 * $1.1 }
    let direct = average(length, steps: steps, interval: interval).last
    #expect(abs(found - direct) < limit)
    #expect(combination.error < 0.01)
    // No snapshot alone is as near.
    if limit > 1e-10 {
      #expect(kept.joined().allSatisfy { abs($0 - direct) > 10 * abs(found - direct) })
    }
  }

  @Test func `more snapshots come nearer`() {
    func error(interval: Int) -> Double {
      let snapshots = [0.05, 0.10].flatMap { length in
        (1...(400 / interval)).map {
          AverageCombination.Snapshot(PowerFunctionAverage(length: length), step: $0 * interval)
        }
      }
      return AverageCombination(PowerFunctionAverage(length: 0.2), at: 400, from: snapshots).error
    }
    let errors = [100, 40, 10, 2].map(error)
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 > 2 * $1 })
  }
}
