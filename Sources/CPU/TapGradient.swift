internal import CKernels
internal import Compiler
internal import Graph

/// Our own kernel for the gradient of any convolution's weight (tap_gradient.h).
///
/// oneDNN's divides the work among threads that wait for each other without giving way: where other
/// programs want the processors, a step takes many times as long.
struct TapGradient {
  private let shape: ConvolutionShape
  private let sizes: st_convolution
  private let implementation: String

  /// - Parameters:
  ///   - input: (N, H, W, C)
  ///   - output: (N, H', W', O)
  init(
    _ shape: ConvolutionShape, input: [Int], output: [Int], _ precision: ElementType
  ) {
    self.shape = shape
    sizes = shape.sizes(input: input, output: output, precision)
    implementation = "taps:\(InstructionSet.current.kernelName(precision))"
  }

  /// Bytes that it uses while it runs.
  var scratchBytes: Int { withUnsafePointer(to: sizes) { st_tap_gradient_scratch($0) } }

  /// The gradients of weight and bias from x and dy.
  func weightGradient(
    _ preparation: Preparation, input: Tensor, outputGradient: Tensor, bias: Int?
  ) throws(ComputeError) -> Kernel {
    let (x, dy) = (preparation.pointer(input), preparation.pointer(outputGradient))
    let gradient = try preparation.weightGradient(of: shape)
    let biasGradient = try BiasGradient(bias, of: shape, preparation)
    let shared = preparation.share(bytes: scratchBytes)
    let (sizes, place) = (sizes, shape.weightPlace)
    return Kernel(implementation: implementation) {
      withUnsafePointer(to: sizes) { sizes in
        withUnsafePointer(to: place) {
          st_tap_gradient(gradient, $0, biasGradient?.computed, x, dy, shared.pointer, sizes)
        }
      }
      biasGradient?.store()
    }
  }
}
