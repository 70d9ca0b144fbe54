package import Graph

/// Normalized self-attention among an image's pixels, added to its input (Ho et al. 2020,
/// appendix B; Vaswani et al. 2017).
package struct AttentionBlock {
  let norm: Norm
  let query, key, value, output: PixelLinear
  let heads: Int

  /// Declares the block's parameters; `headDimension` divides `channels`, nil means a single head.
  package init(
    _ scope: Scope, channels: Int, headDimension: Int?, groups: Int, epsilon: Float
  ) {
    norm = Norm(scope / "group_norm", channels: channels, groups: groups, epsilon: epsilon)
    query = PixelLinear(scope / "to_q", from: channels, to: channels)
    key = PixelLinear(scope / "to_k", from: channels, to: channels)
    value = PixelLinear(scope / "to_v", from: channels, to: channels)
    output = PixelLinear(scope / "to_out" / "0", from: channels, to: channels)
    heads = headDimension.map { channels / $0 } ?? 1
  }

  /// x: (N, H, W, C) → (N, H, W, C)
  package func callAsFunction(_ x: Value) -> Value {
    let h = norm(x)
    let mixed = attention(query: query(h), key: key(h), value: value(h), heads: heads)
    return x + output(mixed)
  }
}
