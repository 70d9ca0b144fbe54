package import Graph

/// Two normalized convolutions with the timestep added between them (Ho et al. 2020, appendix B).
package struct ResidualBlock {
  let norm1, norm2: Norm
  let conv1, conv2: Convolution
  let timestepProjection: Linear
  /// 1 x 1, where the number of channels changes.
  let shortcut: Convolution?
  let dropoutRate: Float

  /// Declares the block's parameters; `timestepChannels` is the length of the embedded timestep.
  package init(
    _ scope: Scope, from inputChannels: Int, to outputChannels: Int, timestepChannels: Int,
    groups: Int, epsilon: Float, dropout: Float
  ) {
    norm1 = Norm(scope / "norm1", channels: inputChannels, groups: groups, epsilon: epsilon)
    conv1 = Convolution(scope / "conv1", from: inputChannels, to: outputChannels)
    timestepProjection = Linear(
      scope / "time_emb_proj", from: timestepChannels, to: outputChannels)
    norm2 = Norm(scope / "norm2", channels: outputChannels, groups: groups, epsilon: epsilon)
    conv2 = Convolution(scope / "conv2", from: outputChannels, to: outputChannels)
    shortcut =
      inputChannels == outputChannels
      ? nil
      : Convolution(scope / "conv_shortcut", from: inputChannels, to: outputChannels, kernel: 1)
    dropoutRate = dropout
  }

  /// x: (N, H, W, C) · timestep: (N, E) → (N, H, W, C')
  package func callAsFunction(_ x: Value, timestep: Value) -> Value {
    var h = conv1(silu(norm1(x)))
    h = h + timestepProjection(silu(timestep))
    h = conv2(dropout(silu(norm2(h)), rate: dropoutRate))
    return (shortcut?(x) ?? x) + h
  }
}
