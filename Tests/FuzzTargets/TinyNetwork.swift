internal import CPU
package import Compiler
internal import Diffusion
internal import Foundation
internal import Graph
internal import Networks
package import Stipple
package import SystemPackage

/// A network of a few hundred parameters, and files of it that are small enough to be damaged
/// everywhere.
package enum TinyNetwork {
  package static let configuration: ModelConfiguration = {
    var network = UNetConfiguration(
      channels: 1, channelsPerLevel: [2], layersPerBlock: 1, attentionLevels: [false],
      headDimension: 2, normGroups: 1)
    network.middleBlock = .none
    return ModelConfiguration(network: network, schedule: .init(), width: 4, height: 4)
  }()

  /// Its parameters as they are before training.
  package static func parameters() throws -> ParameterStore {
    let parameters = try ParameterStore(configuration.network.parameters, on: .cpu)
    parameters.initialize(seed: 1)
    return parameters
  }

  /// Writes a checkpoint with weights and their average, and without an optimizer.
  package static func writeCheckpoint(to path: FilePath) throws {
    let parameters = try parameters()
    let config = try JSONEncoder().encode(["model": configuration])
    let header = CheckpointHeader(
      creator: "stipple", created: "2026-05-01T12:00:00Z",
      config: String(decoding: config, as: UTF8.self), step: 3, imagesSeen: 12,
      threads: 1, cpu: "a processor", oneDNNVersion: "2.6.3")
    try withExtendedLifetime(parameters) {
      try CheckpointFile.write(
        to: path, header,
        parts: [(.model, parameters.namedTensors), (.average, parameters.namedTensors)],
        history: TrainingHistory(steps: [1, 2], columns: ["loss": [1, 0.5]]))
    }
  }

  /// Writes its weights as diffusers keeps them.
  package static func writeSafetensors(to path: FilePath) throws {
    let parameters = try parameters()
    try SafetensorsWriter.write(
      parameters.declarations.map { ($0.name, $0.shape) }, to: path
    ) { parameters[$0] }
  }
}
