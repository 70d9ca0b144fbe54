internal import CKernels
internal import Compiler
internal import Graph

/// Our own kernels for a convolution of 3 x 3 pixels (winograd.h).
struct Winograd {
  private let shape: ConvolutionShape
  private let sizes: st_winograd
  private let isBackward: Bool
  private let implementation: String

  /// The convolution, or the one that makes the input's gradient of the output's.
  ///
  /// - Parameter input: (N, H, W, C) of the convolution itself.
  init(
    _ shape: ConvolutionShape, input: [Int], _ precision: ElementType,
    isBackward: Bool = false
  ) {
    self.shape = shape
    self.isBackward = isBackward
    let (inputs, outputs) = (shape.blockedInputChannels, shape.blockedOutputChannels)
    sizes = st_winograd(
      images: input[0], height: input[1], width: input[2], inputs: isBackward ? outputs : inputs,
      outputs: isBackward ? inputs : outputs, element: precision.element)
    let tiles = precision == .float32 ? "winograd_4x4" : "winograd_2x2"
    implementation = "\(tiles):\(InstructionSet.current.kernelName(precision))"
  }

  /// Bytes that `convolve` uses while it runs, of a training.
  var scratchBytes: Int { withUnsafePointer(to: sizes) { st_winograd_training_scratch($0) } }

  private var weightBytes: Int { withUnsafePointer(to: sizes) { st_winograd_weight_bytes($0) } }
  private var tileBytes: Int { withUnsafePointer(to: sizes) { st_winograd_scratch($0) } }

  /// The same of `weightGradient`.
  var gradientScratchBytes: Int {
    withUnsafePointer(to: sizes) { st_winograd_gradient_scratch($0) }
  }

  /// y = convolution of x (+ bias) (+ residual); or dx from dy.
  ///
  /// In inference the transformed weight is kept. In training it is made anew each time, as the
  /// weight changes with each step.
  func convolve(
    _ preparation: Preparation, from input: Tensor, to output: Tensor, bias: Int? = nil,
    residual: Tensor? = nil
  ) throws(ComputeError) -> Kernel {
    let (x, y) = (preparation.pointer(input), preparation.pointer(output))
    let added = residual.map { preparation.pointer($0) }
    let biases = try bias.map { index throws(ComputeError) in
      try preparation.biasValues(index, of: shape)
    }
    let weight = preparation.parameter(shape.weight) + shape.weightOffset
    let (sizes, place, isBackward) = (sizes, shape.weightPlace, isBackward)
    if preparation.gradients == nil {
      let transformed = UnsafeMutableRawPointer(try preparation.allocate(weightBytes / 4))
      preparation.whenParametersChange {
        withUnsafePointer(to: sizes) { sizes in
          withUnsafePointer(to: place) {
            st_winograd_transform_weight(transformed, weight, $0, isBackward, sizes)
          }
        }
      }
      let shared = preparation.share(bytes: tileBytes)
      return kernel {
        withUnsafePointer(to: sizes) {
          st_winograd_convolve(y, x, transformed, biases, added, shared.pointer, $0)
        }
      }
    }
    let shared = preparation.share(bytes: scratchBytes)
    return kernel {
      withUnsafePointer(to: sizes) { sizes in
        withUnsafePointer(to: place) {
          st_winograd_convolve_once(
            y, x, weight, $0, isBackward, biases, added, shared.pointer, sizes)
        }
      }
    }
  }

  /// The gradients of weight and bias from x and dy.
  func weightGradient(
    _ preparation: Preparation, input: Tensor, outputGradient: Tensor, bias: Int?
  ) throws(ComputeError) -> Kernel {
    let (x, dy) = (preparation.pointer(input), preparation.pointer(outputGradient))
    let gradient = try preparation.weightGradient(of: shape)
    let biasGradient = try BiasGradient(bias, of: shape, preparation)
    let shared = preparation.share(bytes: gradientScratchBytes)
    let (sizes, place) = (sizes, shape.weightPlace)
    return kernel {
      withUnsafePointer(to: sizes) { sizes in
        withUnsafePointer(to: place) {
          st_winograd_weight_gradient(
            gradient, $0, biasGradient?.computed, x, dy, shared.pointer, sizes)
        }
      }
      biasGradient?.store()
    }
  }

  private func kernel(_ run: @escaping () -> Void) -> Kernel {
    Kernel(implementation: implementation, run: run)
  }
}
