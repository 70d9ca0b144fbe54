package import Graph

/// Normalization with a learned scale and shift of each channel: of groups of channels over an image
/// (Wu & He 2018), or of each pixel over its channels (layer norm, Ba et al. 2016).
package struct Norm {
  let weight, bias: Value
  let groups: Int
  let epsilon: Float

  /// Declares `weight` and `bias` (channels); `groups` divides `channels`, 0 normalizes each pixel.
  package init(_ scope: Scope, channels: Int, groups: Int, epsilon: Float) {
    weight = scope.parameter("weight", shape: [channels], initial: .ones)
    bias = scope.parameter("bias", shape: [channels], initial: .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  /// x: (N, H, W, C) → (N, H, W, C)
  package func callAsFunction(_ x: Value) -> Value {
    groups == 0
      ? layerNorm(x, weight: weight, bias: bias, epsilon: epsilon)
      : groupNorm(x, weight: weight, bias: bias, groups: groups, epsilon: epsilon)
  }
}
