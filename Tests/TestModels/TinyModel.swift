internal import CPU
package import Checkpoints
internal import Compiler
package import Diffusion
internal import Graph
package import Networks

/// A network with random weights for images of 8 x 8 that answers in a fraction of a millisecond.
package enum TinyModel {
  package static func network(channels: Int = 3) -> UNetConfiguration {
    UNetConfiguration(
      channels: channels, channelsPerLevel: [16, 16], layersPerBlock: 1,
      attentionLevels: [false, true], headDimension: 8, normGroups: 4)
  }

  /// The network with as many channels more, for the variance.
  package static func learningVariance() -> UNetConfiguration {
    var network = network()
    network.outputChannels = 2 * network.inputChannels
    return network
  }

  package static func make(
    _ network: UNetConfiguration = network(), seed: UInt64 = 1, step: Int = 0,
    schedule: NoiseSchedule.Configuration = .init(timesteps: 20), objective: Objective = .epsilon,
    variance: ReverseVariance? = nil, width: Int = 8, height: Int = 8,
    degradation: Degradation? = nil, classNames: [String]? = nil
  ) throws -> DiffusionModel {
    let parameters = try ParameterStore(network.parameters, on: .cpu)
    parameters.initialize(seed: seed)
    return try DiffusionModel(
      ModelConfiguration(
        network: network, schedule: schedule, objective: objective, variance: variance,
        width: width, height: height, degradation: degradation, classNames: classNames),
      parameters: parameters, step: step,
      fingerprint: Fingerprint.text(of: parameters.namedTensors, step: step))
  }
}

extension ParameterStore {
  /// All values' bits by the parameters' names.
  package var bits: [String: [UInt32]] {
    Dictionary(
      uniqueKeysWithValues: declarations.map { ($0.name, self[$0.name].map(\.bitPattern)) })
  }
}
