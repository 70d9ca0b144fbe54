package import Graph

/// A two-dimensional convolution with a bias, as PyTorch's `Conv2d`.
package struct Convolution {
  let weight, bias: Value
  let stride: Int
  let padding: Padding

  /// Declares `weight` (O, I, k, k) and `bias` (O); without `padding` a stride of 1 keeps the size.
  package init(
    _ scope: Scope, from inputChannels: Int, to outputChannels: Int, kernel: Int = 3,
    stride: Int = 1, padding: Padding? = nil
  ) {
    let initial = Initializer.fanIn(inputChannels * kernel * kernel)
    weight = scope.parameter(
      "weight", shape: [outputChannels, inputChannels, kernel, kernel], initial: initial)
    bias = scope.parameter("bias", shape: [outputChannels], initial: initial)
    self.stride = stride
    self.padding = padding ?? .all(kernel / 2)
  }

  /// x: (N, H, W, I) → (N, H', W', O)
  package func callAsFunction(_ x: Value) -> Value {
    convolution(x, weight: weight, bias: bias, stride: stride, padding: padding)
  }
}

/// A linear map of the channels of every pixel: a convolution whose weight has two axes.
package struct PixelLinear {
  let weight, bias: Value

  /// Declares `weight` (O, I) and `bias` (O).
  package init(_ scope: Scope, from inputChannels: Int, to outputChannels: Int) {
    let initial = Initializer.fanIn(inputChannels)
    weight = scope.parameter("weight", shape: [outputChannels, inputChannels], initial: initial)
    bias = scope.parameter("bias", shape: [outputChannels], initial: initial)
  }

  /// x: (N, H, W, I) → (N, H, W, O)
  package func callAsFunction(_ x: Value) -> Value {
    convolution(x, weight: weight, bias: bias, stride: 1, padding: .all(0))
  }
}

extension Initializer {
  /// PyTorch's default for weights and biases: uniform on ±1/√(fan in), which is `kaiming_uniform_`
  /// with a = √5 (He et al. 2015).
  static func fanIn(_ count: Int) -> Initializer {
    .uniform(bound: 1 / Float(count).squareRoot())
  }
}
