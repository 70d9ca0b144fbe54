internal import Checkpoints
internal import Compiler
internal import Diffusion
import Foundation
internal import LinearAlgebra
internal import Networks
internal import SystemPackage

/// A distilled model as diffusers' `CMStochasticIterativeScheduler` samples from it, which shows a network the images of
/// Karras et al. 2022 as Stipple does, but tells it the level as 250 log(sigma) in place of log(sigma) / 4.
///
/// The scheduler asks at few levels. The first matrix behind the sines and cosines of the level is changed so that it
/// gives at each of them what it gave before: with the old and the new sines and cosines in the columns of P and Q,
///
///     W' = W + (W P - W Q) (Qᵀ Q)^-1 Qᵀ
///
/// which of all such matrices is the nearest to W.
struct ConsistencyExport {
  /// The matrix that is changed.
  static let parameter = "time_embedding.linear_1.weight"
  /// `num_train_timesteps` of the scheduler, with which it goes down to the same levels as Stipple's sampler.
  let timesteps: Int
  private let model: DiffusionModel

  /// - Throws: `ConversionError` where the model is none that the scheduler knows.
  init(_ model: DiffusionModel, steps: Int, to folder: FilePath) throws(ConversionError) {
    let (schedule, objective) = (model.configuration.schedule.kind, model.configuration.objective)
    guard schedule == .edm, objective == .edm else {
      throw .distilledUnknownToDiffusers(
        folder, schedule: schedule.rawValue, objective: objective.rawValue)
    }
    self.model = model
    timesteps = max(2, 2 * steps - 1)
    let most = model.configuration.network.channelsPerLevel[0]
    if levels.count > most { throw .manySteps(folder, steps: steps, most: most / 2 + 1) }
  }

  /// Those that the scheduler may ask at.
  private var levels: [Double] {
    (0..<(timesteps - 1)).map { i in
      let share = 1 - Double(i) / Double(timesteps - 1)
      return NoiseSchedule.edmLevels.upperBound * pow(share, Sampler.consistencyExponent)
    }
  }

  /// The changed matrix.
  func weight() -> [Float] {
    let network = model.configuration.network
    let (channels, count) = (network.channelsPerLevel[0], levels.count)
    let old = levels.map { waves(log($0) / 4, network) }
    let new = levels.map { waves(250 * log($0), network) }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let factor = choleskyFactor(
      new.flatMap { a in new.map { b in product(a, b) } }, order: count)
    let weight = model.parameters[Self.parameter]
    return stride(from: 0, to: weight.count, by: channels).flatMap { first in
      let row = weight[first..<(first + channels)].map(Double.init)
      let missing = zip(old, new).map { product(row, $0) - product(row, $1) }
      let shares = choleskySolution(factor, missing)
      return row.indices.map { c in
        Float(row[c] + shares.indices.reduce(0) { $0 + shares[$1] * new[$1][c] })
      }
    }
  }

  /// The sines and cosines of a number that tells a level (Graph's `timestepEmbedding`).
  private func waves(_ t: Double, _ network: UNetConfiguration) -> [Double] {
    let channels = network.channelsPerLevel[0]
    let half = channels / 2
    return (0..<channels).map { c in
      if c == 2 * half { return 0 }
      let exponent = Double(c % half) / (Double(half) - Double(network.frequencyShift))
      // In single precision as networks compute it.
      let frequency = Float(exp(-exponent * log(10000)))
      let angle = Double(Float(t) * frequency)
      return (c < half) == network.flipSineToCosine ? cos(angle) : sin(angle)
    }
  }
}
