/// What a node of the graph computes; its inputs are the node's, in the order given here.
package enum Operation: Hashable, Sendable {
  /// A tensor that is given before each run.
  case input(name: String)
  /// The parameter with this index in `ComputationGraph.parameters`.
  case parameter(Int)
  /// x (N, H, W, C), weight (O, C, kH, kW) or (O, C), and perhaps a bias (O).
  case convolution(stride: Int, padding: Padding)
  /// x (N, C), weight (O, C), bias (O).
  case linear
  /// x (N, H, W, C), weight (C), bias (C).
  case groupNorm(groups: Int, epsilon: Float)
  /// x (N, H, W, C), weight (C), bias (C): each pixel over its channels.
  case layerNorm(epsilon: Float)
  /// x · sigmoid(x), of any shape.
  case silu
  /// Two of equal shape.
  case add
  /// x (N, H, W, C) and a shift (N, C), the same for all pixels of an image.
  case addShift
  /// Two of (N, H, W, ·), along the channels.
  case concatenate
  /// Every pixel becomes two by two.
  case upsampleNearest
  /// (N, H, W, C) → (N, H / factor, W / factor, factor² C).
  case pixelUnshuffle(factor: Int)
  /// (N, H, W, factor² C) → (N, factor H, factor W, C).
  case pixelShuffle(factor: Int)
  /// query, key, value (N, H, W, C): each pixel is a token.
  case attention(heads: Int)
  /// t (N) → (N, channels).
  case timestepEmbedding(channels: Int, flipSineToCosine: Bool, frequencyShift: Float)
  /// index (N), table (K, C) → (N, C).
  case embedding
  /// `site` tells the dropouts of a network apart.
  case dropout(rate: Float, site: Int)
  /// prediction and target of equal shape, and perhaps a weight (N) → (N).
  case meanSquaredError
  /// prediction (N, H, W, 2 C), target and image (N, H, W, C), coefficients (N, 6) → (N).
  case hybridLoss
}

/// How many rows and columns of zeros a convolution sees around its input.
package struct Padding: Hashable, Sendable {
  package let top, left, bottom, right: Int

  package init(top: Int, left: Int, bottom: Int, right: Int) {
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }

  /// The same on all sides.
  package static func all(_ count: Int) -> Padding {
    Padding(top: count, left: count, bottom: count, right: count)
  }
}
