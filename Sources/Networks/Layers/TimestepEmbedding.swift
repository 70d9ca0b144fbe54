package import Graph

/// The two linear maps that turn a timestep's sines and cosines into what the blocks read
/// (Ho et al. 2020, appendix B).
package struct TimestepEmbedding {
  let linear1, linear2: Linear

  /// Declares `linear_1` (to, from) and `linear_2` (to, to).
  package init(_ scope: Scope, from inputChannels: Int, to outputChannels: Int) {
    linear1 = Linear(scope / "linear_1", from: inputChannels, to: outputChannels)
    linear2 = Linear(scope / "linear_2", from: outputChannels, to: outputChannels)
  }

  /// x: (N, I) → (N, E)
  package func callAsFunction(_ x: Value) -> Value { linear2(silu(linear1(x))) }
}
