internal import Checkpoints
internal import Networks
internal import Sampling

extension Denoiser {
  /// Makes sure that the network can do without a class.
  func checkClasses() throws(GenerationError) {
    let configuration = model.configuration
    if configuration.network.isClassConditional, configuration.noClass == nil {
      throw .classNeeded
    }
  }
}
