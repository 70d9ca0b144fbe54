package import Graph

/// Halves height and width with a convolution of stride 2.
package struct Downsample {
  let conv: Convolution

  /// With `padding` 1 zeros stand on all sides; with 0 a row below and a column to the right, as in
  /// the TensorFlow code of Ho et al. 2020.
  package init(_ scope: Scope, channels: Int, padding: Int) {
    conv = Convolution(
      scope / "conv", from: channels, to: channels, stride: 2,
      padding: padding == 0 ? Padding(top: 0, left: 0, bottom: 1, right: 1) : .all(padding))
  }

  /// x: (N, H, W, C) → (N, H / 2, W / 2, C)
  package func callAsFunction(_ x: Value) -> Value { conv(x) }
}

/// Doubles height and width by repeating pixels, then smooths with a convolution.
package struct Upsample {
  let conv: Convolution

  /// Declares the convolution's parameters.
  package init(_ scope: Scope, channels: Int) {
    conv = Convolution(scope / "conv", from: channels, to: channels)
  }

  /// x: (N, H, W, C) → (N, 2 H, 2 W, C)
  package func callAsFunction(_ x: Value) -> Value { conv(upsampleNearest(x)) }
}
