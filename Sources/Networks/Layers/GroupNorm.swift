package import Compute

/// Normalisation over groups of channels with a learned scale and shift (Wu & He 2018).
package struct GroupNorm {
  let weight, bias: Value
  let groups: Int
  let epsilon: Float

  /// Declares `weight` and `bias` (channels); `groups` divides `channels`.
  package init(_ scope: Scope, channels: Int, groups: Int, epsilon: Float) {
    weight = scope.parameter("weight", shape: [channels], initial: .ones)
    bias = scope.parameter("bias", shape: [channels], initial: .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  /// x: (N, H, W, C) → (N, H, W, C)
  package func callAsFunction(_ x: Value) -> Value {
    groupNorm(x, weight: weight, bias: bias, groups: groups, epsilon: epsilon)
  }
}
