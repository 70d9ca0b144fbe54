// The operations that layers are made of. Shapes are inferred here, and a mismatch stops the
// program with both shapes and the parameter's path: it is a mistake in a network's definition,
// never in a user's file.

/// Cross-correlation, as PyTorch's `conv2d`; a weight of two axes (O, I) means one pixel.
///
/// x: (N, H, W, C) · weight: (O, C, kH, kW) or (O, C) · bias: (O) → (N, H', W', O)
package func convolution(
  _ x: Value, weight: Value, bias: Value?, stride: Int, padding: Padding
) -> Value {
  require(x.shape.count == 4, "convolution of", x, weight)
  require(
    [2, 4].contains(weight.shape.count) && weight.shape[1] == x.channels, "convolution of", x,
    weight)
  let kernel = weight.shape.count == 4 ? Array(weight.shape[2...]) : [1, 1]
  let height = (x.shape[1] + padding.top + padding.bottom - kernel[0]) / stride + 1
  let width = (x.shape[2] + padding.left + padding.right - kernel[1]) / stride + 1
  require(height > 0 && width > 0, "convolution of", x, weight)
  if let bias { require(bias.shape == [weight.shape[0]], "convolution's bias of", weight, bias) }
  return x.graph.append(
    .convolution(stride: stride, padding: padding), [x, weight] + (bias.map { [$0] } ?? []),
    [x.shape[0], height, width, weight.shape[0]])
}

/// x · weightᵀ + bias, or without a bias.
///
/// x: (N, C) · weight: (O, C) · bias: (O) → (N, O)
package func linear(_ x: Value, weight: Value, bias: Value?) -> Value {
  require(x.shape.count == 2 && weight.shape.count == 2, "linear of", x, weight)
  require(weight.shape[1] == x.channels, "linear of", x, weight)
  if let bias {
    require(bias.shape == [weight.shape[0]], "linear's bias of", weight, bias)
  }
  return x.graph.append(
    .linear, [x, weight] + (bias.map { [$0] } ?? []), [x.shape[0], weight.shape[0]])
}

/// Normalizes the channels of each group over an image's pixels, then scales and shifts each
/// channel (Wu & He 2018, equations 1 to 3).
///
/// x: (N, H, W, C) · weight, bias: (C) → (N, H, W, C)
package func groupNorm(
  _ x: Value, weight: Value, bias: Value, groups: Int, epsilon: Float
) -> Value {
  require(x.shape.count == 4 && weight.shape == [x.channels], "group norm of", x, weight)
  require(bias.shape == weight.shape, "group norm's bias of", weight, bias)
  require(x.channels % groups == 0, "group norm in \(groups) groups of", x, weight)
  return x.graph.append(.groupNorm(groups: groups, epsilon: epsilon), [x, weight, bias], x.shape)
}

/// Normalizes each pixel over its channels, then scales and shifts each channel (Ba et al. 2016,
/// equation 4): what becomes of a pixel does not depend on the others.
///
/// x: (N, H, W, C) · weight, bias: (C) → (N, H, W, C)
package func layerNorm(_ x: Value, weight: Value, bias: Value, epsilon: Float) -> Value {
  require(x.shape.count == 4 && weight.shape == [x.channels], "layer norm of", x, weight)
  require(bias.shape == weight.shape, "layer norm's bias of", weight, bias)
  return x.graph.append(.layerNorm(epsilon: epsilon), [x, weight, bias], x.shape)
}

/// x · sigmoid(x) (Hendrycks & Gimpel 2016), of any shape.
package func silu(_ x: Value) -> Value { x.graph.append(.silu, [x], x.shape) }

/// Two values along the channels.
///
/// a: (N, H, W, A) · b: (N, H, W, B) → (N, H, W, A + B)
package func concatenate(_ a: Value, _ b: Value) -> Value {
  require(
    a.shape.count == 4 && b.shape.count == 4 && a.shape.dropLast() == b.shape.dropLast(),
    "concatenation of", a, b)
  return a.graph.append(
    .concatenate, [a, b], Array(a.shape.dropLast()) + [a.channels + b.channels])
}

/// Every pixel becomes two by two.
///
/// x: (N, H, W, C) → (N, 2 H, 2 W, C)
package func upsampleNearest(_ x: Value) -> Value {
  require(x.shape.count == 4, "upsampling of", x, x)
  return x.graph.append(
    .upsampleNearest, [x], [x.shape[0], 2 * x.shape[1], 2 * x.shape[2], x.channels])
}

/// Moves squares of `factor` by `factor` pixels into the channels, as PyTorch's `pixel_unshuffle`.
///
/// x: (N, H, W, C) → (N, H / factor, W / factor, factor² C); the factor divides H and W
package func pixelUnshuffle(_ x: Value, factor: Int) -> Value {
  require(x.shape.count == 4, "pixel unshuffle of", x, x)
  require(x.shape[1] % factor == 0 && x.shape[2] % factor == 0, "pixel unshuffle of", x, x)
  return x.graph.append(
    .pixelUnshuffle(factor: factor), [x],
    [x.shape[0], x.shape[1] / factor, x.shape[2] / factor, factor * factor * x.channels])
}

/// Moves channels into squares of `factor` by `factor` pixels (Shi et al. 2016, equation 4), as
/// PyTorch's `pixel_shuffle`.
///
/// x: (N, H, W, factor² C) → (N, factor H, factor W, C)
package func pixelShuffle(_ x: Value, factor: Int) -> Value {
  require(x.shape.count == 4 && x.channels % (factor * factor) == 0, "pixel shuffle of", x, x)
  return x.graph.append(
    .pixelShuffle(factor: factor), [x],
    [x.shape[0], factor * x.shape[1], factor * x.shape[2], x.channels / (factor * factor)])
}

/// softmax(Q Kᵀ / √d) V with an image's pixels as tokens and `heads` heads of d = C / heads
/// channels (Vaswani et al. 2017, equation 1).
///
/// query, key, value: (N, H, W, C) → (N, H, W, C)
package func attention(query: Value, key: Value, value: Value, heads: Int) -> Value {
  require(query.shape.count == 4 && query.shape == key.shape, "attention of", query, key)
  require(query.shape == value.shape, "attention of", query, value)
  require(query.channels % heads == 0, "attention with \(heads) heads of", query, key)
  return query.graph.append(.attention(heads: heads), [query, key, value], query.shape)
}

/// Sines and cosines of t at frequencies from 1 down to 1/10000 (Vaswani et al. 2017, section 3.5,
/// as diffusers' `get_timestep_embedding` has it).
///
/// t: (N) → (N, channels)
package func timestepEmbedding(
  _ t: Value, channels: Int, flipSineToCosine: Bool, frequencyShift: Float
) -> Value {
  require(t.shape.count == 1, "timestep embedding of", t, t)
  return t.graph.append(
    .timestepEmbedding(
      channels: channels, flipSineToCosine: flipSineToCosine, frequencyShift: frequencyShift),
    [t], [t.shape[0], channels])
}

/// The row of `table` that each index names.
///
/// index: (N), whole numbers · table: (K, C) → (N, C)
package func embedding(_ index: Value, table: Value) -> Value {
  require(index.shape.count == 1 && table.shape.count == 2, "embedding of", index, table)
  return index.graph.append(.embedding, [index, table], [index.shape[0], table.shape[1]])
}

/// Sets elements to zero with probability `rate` and scales the others by 1 / (1 - rate), in
/// training only (Srivastava et al. 2014).
package func dropout(_ x: Value, rate: Float) -> Value {
  precondition(rate >= 0 && rate < 1, "a dropout rate of \(rate)")
  if rate == 0 { return x }
  return x.graph.append(.dropout(rate: rate, site: x.graph.nextDropoutSite()), [x], x.shape)
}

/// Each image's mean of (prediction - target)², times the image's weight where there is one; the loss
/// of a batch is the mean of them.
///
/// prediction, target: (N, H, W, C) · weight: (N) → (N)
package func meanSquaredError(
  _ prediction: Value, _ target: Value, weight: Value? = nil
) -> Value {
  require(prediction.shape == target.shape, "squared error of", prediction, target)
  if let weight {
    require(weight.shape == [prediction.shape[0]], "squared error's weight of", prediction, weight)
  }
  return prediction.graph.append(
    .meanSquaredError, [prediction, target] + (weight.map { [$0] } ?? []), [prediction.shape[0]])
}

/// The loss of a network that learns the variance of reverse steps, in the second half of its channels:
/// each image's squared error and its term of the variational bound (Nichol & Dhariwal 2021, eq. 15 and
/// 16). With y the prediction's first half, v its second, and all means over an image's elements:
///
///     loss = a mean (y - target)² + b mean L,   log s² = (v + 1) / 2 log beta + (1 - v) / 2 log beta~
///     L = 1/2 (log s² - log beta~ - 1 + (beta~ + d²) / s²),   d = f (target - y)
///     L = -log (Phi((d + 1/255) / s) - Phi((d - 1/255) / s)),   of timestep 0 (Ho et al. 2020, eq. 13)
///
/// d is the distance of the posterior's mean from the predicted one, through which the bound has no
/// gradient: it teaches v alone. Where the image is at an end of [-1, 1], all that lies beyond counts
/// for it in the second L.
///
/// prediction: (N, H, W, 2 C) · target, image: (N, H, W, C) · coefficients: (N, 6), of each image a, b,
/// f, log beta~, log beta, and 1 for timestep 0 or else 0 → (N)
package func hybridLoss(
  _ prediction: Value, _ target: Value, image: Value, coefficients: Value
) -> Value {
  require(
    prediction.shape == target.shape.dropLast() + [2 * target.channels]
      && image.shape == target.shape, "hybrid loss of", prediction, target)
  require(
    coefficients.shape == [target.shape[0], 6], "hybrid loss's coefficients of", target,
    coefficients)
  return prediction.graph.append(
    .hybridLoss, [prediction, target, image, coefficients], [target.shape[0]])
}

extension Value {
  /// The sum of two values of one shape, or of (N, H, W, C) and a shift (N, C) of all its pixels.
  package static func + (a: Value, b: Value) -> Value {
    if a.shape == b.shape { return a.graph.append(.add, [a, b], a.shape) }
    require(a.shape.count == 4 && b.shape == [a.shape[0], a.channels], "sum of", a, b)
    return a.graph.append(.addShift, [a, b], a.shape)
  }
}

private func require(_ holds: Bool, _ what: String, _ a: Value, _ b: Value) {
  precondition(holds, "\(what) \(a) and \(b)")
}

extension Value: CustomStringConvertible {
  /// The shape, and the path where the value is a parameter.
  package var description: String {
    let shape = "(\(shape.map(String.init).joined(separator: ", ")))"
    guard case .parameter(let index) = graph.nodes[node].operation else { return shape }
    return "\(graph.parameters[index].name) \(shape)"
  }
}
