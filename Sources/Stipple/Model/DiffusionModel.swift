package import Compiler
package import Diffusion
internal import Graph

/// A trained network with all that it takes to use it.
public final class DiffusionModel {
  /// What the network is and what it was trained on.
  public let configuration: ModelConfiguration
  package let parameters: ParameterStore
  package let schedule: NoiseSchedule
  /// Training steps that the weights have seen.
  public let step: Int
  /// Tells these weights from others: 16 hexadecimal digits of a hash over their bytes.
  public let fingerprint: String

  /// - Parameters:
  ///   - parameters: of the configuration's network.
  ///   - fingerprint: of the weights.
  package init(
    _ configuration: ModelConfiguration, parameters: ParameterStore, step: Int, fingerprint: String
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.parameters = parameters
    self.step = step
    self.fingerprint = fingerprint
    schedule = try NoiseSchedule(configuration.schedule)
  }

  /// The network for images of one size, by default that of the training images.
  package func predictor(
    width: Int? = nil, height: Int? = nil, precision: Program.Precision = .float32,
    threads: Int? = nil
  ) throws -> NoisePredictor {
    guard Machine.backend.supports(precision) else {
      throw GenerationError.setting(
        "precision", cause: "this CPU does not support bfloat16; use f32")
    }
    return try NoisePredictor(
      configuration.network, parameters: parameters,
      width: width ?? configuration.images.width, height: height ?? configuration.images.height,
      usualClass: configuration.noClass, precision: precision, threads: threads)
  }
}
