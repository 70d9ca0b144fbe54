package import Compiler
package import Diffusion
internal import Graph
public import SystemPackage

/// A trained network with its noise schedule and metadata. Nobody changes the weights of one that is made, so that threads
/// may share it; what has weights of its own to work on, such as a `Generator`, belongs to one.
public final class DiffusionModel: @unchecked Sendable {
  /// What the network is and what it was trained on.
  public let configuration: ModelConfiguration
  package let parameters: ParameterStore
  package let schedule: NoiseSchedule
  /// Training steps that the weights have seen.
  public let step: Int
  /// Tells these weights from others: 16 hexadecimal digits of a hash over their bytes.
  public let fingerprint: String
  /// The checkpoint that it was read from.
  public let file: FilePath?
  /// What that says of the weights beside the network; nil for a model that was not read from a file.
  package let origin: Origin?

  /// What a checkpoint says beside the network.
  package struct Origin: Sendable {
    package let header: CheckpointHeader
    package let training: TrainingSettings?
    package let average: AverageOrigin?
    /// Which of its tensors were read.
    package let part: CheckpointFile.Part
  }

  /// What there is to know of the model; nil where its file has no card.
  public var card: ModelCard? { (origin?.header.card).map(ModelCard.init(text:)) }

  /// - Parameters:
  ///   - parameters: of the configuration's network.
  ///   - fingerprint: of the weights.
  ///   - file: the checkpoint that they are from.
  ///   - origin: what that says of them.
  package init(
    _ configuration: ModelConfiguration, parameters: ParameterStore, step: Int,
    fingerprint: String, file: FilePath? = nil, origin: Origin? = nil
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.parameters = parameters
    self.step = step
    self.fingerprint = fingerprint
    self.file = file
    self.origin = origin
    schedule = try NoiseSchedule(configuration.schedule)
  }
}
