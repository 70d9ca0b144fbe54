import Graph
import Testing

/// Small networks, each around one operation or one fusion; outputs and all gradients against
/// float64 and its central differences.
struct GradientCase: CustomTestStringConvertible, Sendable {
  let name: String
  let channels: Int
  let height: Int
  let width: Int
  /// From x (N, H, W, C) and t (N) to the prediction.
  let build: @Sendable (Value, Value, Scope) -> Value
  var testDescription: String { name }

  init(
    _ name: String, _ channels: Int, _ height: Int, _ width: Int,
    _ build: @escaping @Sendable (Value, Value, Scope) -> Value
  ) {
    (self.name, self.channels, self.height, self.width) = (name, channels, height, width)
    self.build = build
  }
}

private func convolve(
  _ x: Value, to channels: Int, _ scope: Scope, kernel: Int = 3, stride: Int = 1,
  padding: Padding = .all(1), bias: Bool = true
) -> Value {
  convolution(
    x,
    weight: scope.parameter(
      "weight", shape: [channels, x.channels, kernel, kernel],
      initial: .normal(deviation: 0.5 / Float(x.channels * kernel * kernel).squareRoot())),
    bias: bias
      ? scope.parameter("bias", shape: [channels], initial: .normal(deviation: 0.3)) : nil,
    stride: stride, padding: padding)
}

/// Group norm; without groups layer norm.
private func normalize(_ x: Value, _ scope: Scope, groups: Int?) -> Value {
  let weight = scope.parameter("weight", shape: [x.channels], initial: .uniform(bound: 2))
  let bias = scope.parameter("bias", shape: [x.channels], initial: .normal(deviation: 0.5))
  guard let groups else { return layerNorm(x, weight: weight, bias: bias, epsilon: 1e-5) }
  return groupNorm(x, weight: weight, bias: bias, groups: groups, epsilon: 1e-5)
}

private func project(_ x: Value, to channels: Int, _ scope: Scope) -> Value {
  linear(
    x,
    weight: scope.parameter(
      "weight", shape: [channels, x.channels], initial: .normal(deviation: 0.4)),
    bias: scope.parameter("bias", shape: [channels], initial: .normal(deviation: 0.3)))
}

let gradientCases: [GradientCase] = [
  .init("a convolution of 3 to 20 channels", 3, 5, 7) { x, _, s in convolve(x, to: 20, s / "a") },
  .init("Winograd's convolution of 16 to 32 channels", 16, 9, 11) { x, _, s in
    convolve(x, to: 32, s / "a")
  },
  .init("Winograd's convolution of 3 to 20 channels without bias", 3, 8, 10) { x, _, s in
    convolve(x, to: 20, s / "a", bias: false)
  },
  .init("Winograd's convolution of 40 to 96 channels, added to another", 40, 8, 9) { x, _, s in
    convolve(x, to: 96, s / "a", kernel: 1, padding: .all(0)) + convolve(x, to: 96, s / "b")
  },
  .init("a convolution with stride 2", 16, 8, 6) { x, _, s in
    convolve(x, to: 16, s / "a", stride: 2)
  },
  .init("a convolution padded below and on the right", 16, 8, 6) { x, _, s in
    convolve(
      x, to: 16, s / "a", stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1))
  },
  .init("a convolution without bias", 4, 6, 6) { x, _, s in
    convolve(x, to: 5, s / "a", bias: false)
  },
  .init("group norm in groups of 3 channels", 24, 4, 5) { x, _, s in
    normalize(x, s / "n", groups: 8)
  },
  .init("group norm of one group", 24, 4, 5) { x, _, s in normalize(x, s / "n", groups: 1) },
  .init("group norm of one group of 200 channels", 200, 2, 3) { x, _, s in
    silu(normalize(x, s / "n", groups: 1))
  },
  .init("group norm of two groups that share a block", 40, 3, 3) { x, _, s in
    normalize(x, s / "n", groups: 2)
  },
  .init("group norm and SiLU", 32, 8, 8) { x, _, s in silu(normalize(x, s / "n", groups: 8)) },
  .init("group norm and SiLU of few channels", 6, 3, 3) { x, _, s in
    silu(normalize(x, s / "n", groups: 2))
  },
  .init("a shift before group norm", 32, 4, 4) { x, t, s in
    let shift = project(embed(t), to: 32, s / "t")
    return silu(normalize(convolve(x, to: 32, s / "a") + shift, s / "n", groups: 4))
  },
  .init("a shift that is read twice", 16, 4, 4) { x, t, s in
    let shifted = x + project(embed(t), to: 16, s / "t")
    return silu(normalize(shifted, s / "n", groups: 4)) + shifted
  },
  .init("layer norm of 24 channels", 24, 4, 5) { x, _, s in normalize(x, s / "n", groups: nil) },
  .init("layer norm and SiLU of few channels", 6, 5, 7) { x, _, s in
    silu(normalize(x, s / "n", groups: nil))
  },
  .init("a shift before layer norm, and other readers", 32, 5, 5) { x, t, s in
    let first = convolve(x, to: 32, s / "a")
    let shift = project(embed(t), to: 32, s / "t")
    return silu(normalize(first + shift, s / "n", groups: nil)) + first
  },
  .init("a shift before layer norm of 20 channels of 12 x 25 pixels", 20, 12, 25) { x, t, s in
    silu(normalize(x + project(embed(t), to: 20, s / "t"), s / "n", groups: nil))
  },
  .init("layer norm of a concatenation", 16, 4, 4) { x, t, s in
    let joined = concatenate(convolve(x, to: 16, s / "a"), convolve(x, to: 8, s / "b"))
    let h = convolve(silu(normalize(joined, s / "n", groups: nil)), to: 16, s / "c")
    return convolve(joined, to: 16, s / "short", kernel: 1, padding: .all(0)) + h
  },
  .init("SiLU of images and of rows", 5, 3, 4) { x, t, s in
    silu(x) + project(silu(project(embed(t), to: 12, s / "a")), to: 5, s / "b")
  },
  .init("a residual block", 16, 8, 8) { x, t, s in
    var h = convolve(silu(normalize(x, s / "n1", groups: 4)), to: 32, s / "c1")
    h = h + project(silu(project(embed(t), to: 16, s / "t1")), to: 32, s / "t2")
    h = convolve(silu(normalize(h, s / "n2", groups: 8)), to: 32, s / "c2")
    return convolve(x, to: 32, s / "short", kernel: 1, padding: .all(0)) + h
  },
  .init("a residual block without a shortcut's convolution", 16, 8, 8) { x, t, s in
    let first = convolve(x, to: 16, s / "in")
    let h = convolve(silu(normalize(first, s / "n1", groups: 4)), to: 16, s / "c1")
    return first + h
  },
  .init("a concatenation in whole blocks", 16, 4, 4) { x, t, s in
    let a = convolve(x, to: 16, s / "a")
    let b = convolve(x, to: 8, s / "b")
    let joined = concatenate(a, b)
    let h = convolve(silu(normalize(joined, s / "n", groups: 4)), to: 16, s / "c")
    return convolve(joined, to: 16, s / "short", kernel: 1, padding: .all(0)) + h
  },
  .init("a concatenation across a block", 5, 4, 3) { x, t, s in
    let a = convolve(x, to: 6, s / "a")
    let h = silu(normalize(concatenate(a, x), s / "n", groups: 1))
    return convolve(h, to: 5, s / "c")
  },
  .init("upsampling", 6, 3, 5) { x, _, s in convolve(upsampleNearest(x), to: 4, s / "a") },
  .init("squares of pixels as channels and back", 3, 4, 6) { x, _, s in
    pixelShuffle(convolve(pixelUnshuffle(x, factor: 2), to: 20, s / "a"), factor: 2)
  },
  .init("attention with four heads of 5 channels", 20, 4, 5) { x, _, s in
    attended(x, heads: 4, s)
  },
  .init("attention with one head of 32 channels", 32, 6, 4) { x, _, s in
    attended(x, heads: 1, s)
  },
  .init("attention with one head of 48 channels", 48, 4, 5) { x, _, s in
    attended(x, heads: 1, s)
  },
  .init("attention with two heads of 20 channels among 117 pixels", 40, 9, 13) { x, _, s in
    attended(x, heads: 2, s)
  },
  .init("attention with two heads of 32 channels among 117 pixels", 64, 9, 13) { x, _, s in
    attended(x, heads: 2, s)
  },
  .init("a convolution that serves twice, with stride 1 and 2", 16, 8, 8) { x, _, s in
    let weight = (s / "a").parameter(
      "weight", shape: [16, 16, 3, 3], initial: .normal(deviation: 0.05))
    let bias = (s / "a").parameter("bias", shape: [16], initial: .normal(deviation: 0.3))
    func once(_ x: Value, stride: Int) -> Value {
      convolution(x, weight: weight, bias: bias, stride: stride, padding: .all(1))
    }
    return once(silu(once(x, stride: 1)), stride: 2)
  },
  .init("a weight that serves the halves of a concatenation and a whole", 16, 4, 4) { x, _, s in
    let weight = (s / "a").parameter(
      "weight", shape: [32, 32], initial: .normal(deviation: 0.1))
    func once(_ x: Value) -> Value {
      convolution(x, weight: weight, bias: nil, stride: 1, padding: .all(0))
    }
    return once(silu(once(concatenate(convolve(x, to: 16, s / "b"), x))))
  },
  .init("norms that share their parameters", 16, 4, 4) { x, _, s in
    let weight = (s / "n").parameter("weight", shape: [16], initial: .uniform(bound: 2))
    let first = silu(groupNorm(x, weight: weight, bias: weight, groups: 4, epsilon: 1e-5))
    let second = layerNorm(
      convolve(first, to: 16, s / "a"), weight: weight, bias: weight, epsilon: 1e-5)
    return second + x
  },
  .init("a table of classes that is a linear layer's weight, twice", 7, 2, 2) { x, t, s in
    let table = s.parameter("table", shape: [7, 7], initial: .normal(deviation: 0.5))
    let bias = s.parameter("bias", shape: [7], initial: .normal(deviation: 0.5))
    let row = linear(embedding(t, table: table), weight: table, bias: bias)
    return x + linear(silu(row), weight: table, bias: bias)
  },
  .init("a linear layer without bias", 7, 2, 2) { x, t, s in
    let weight = s.parameter("weight", shape: [7, 10], initial: .normal(deviation: 0.5))
    return x + silu(linear(embed(t), weight: weight, bias: nil))
  },
  .init("a table of classes", 4, 2, 2) { x, t, s in
    x
      + embedding(
        t, table: s.parameter("table", shape: [7, 4], initial: .normal(deviation: 1)))
  },
]

private func embed(_ t: Value) -> Value {
  timestepEmbedding(t, channels: 10, flipSineToCosine: true, frequencyShift: 0)
}

private func attended(_ x: Value, heads: Int, _ s: Scope) -> Value {
  func one(_ name: String) -> Value {
    convolution(
      x,
      weight: (s / name).parameter(
        "weight", shape: [x.channels, x.channels], initial: .normal(deviation: 0.3)),
      bias: nil, stride: 1, padding: .all(0))
  }
  return x
    + attention(query: one("q"), key: one("k"), value: one("v"), heads: heads)
}
