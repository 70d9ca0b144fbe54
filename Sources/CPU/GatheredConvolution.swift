internal import CKernels
internal import Compiler
internal import Graph

/// Our own kernel for any convolution (convolution.h).
struct GatheredConvolution {
  private let shape: ConvolutionShape
  private let sizes: st_convolution
  private let isBackward: Bool
  private let implementation: String

  /// The convolution, or the one that makes the input's gradient of the output's.
  ///
  /// - Parameters:
  ///   - input: (N, H, W, C) of the convolution itself.
  ///   - output: (N, H', W', O)
  init(
    _ shape: ConvolutionShape, input: [Int], output: [Int], _ precision: ElementType,
    isBackward: Bool = false
  ) {
    self.shape = shape
    self.isBackward = isBackward
    sizes = shape.sizes(input: input, output: output, precision)
    implementation = "gathered:\(InstructionSet.current.kernelName(precision))"
  }

  /// Bytes that it uses while it runs, of a training.
  var scratchBytes: Int { weightBytes + pixelBytes }

  private var weightBytes: Int { withUnsafePointer(to: sizes) { st_convolution_weight_bytes($0) } }
  private var pixelBytes: Int {
    withUnsafePointer(to: sizes) { st_convolution_scratch(isBackward, $0) }
  }

  /// y = convolution of x (+ bias) (+ residual); or dx from dy. As of `Winograd`, the transformed weight is kept in
  /// inference.
  func convolve(
    _ preparation: Preparation, from input: Tensor, to output: Tensor, bias: Int? = nil,
    residual: Tensor? = nil
  ) throws(ComputeError) -> Kernel {
    let (x, y) = (preparation.pointer(input), preparation.pointer(output))
    let added = residual.map { preparation.pointer($0) }
    let biases = try bias.map { index throws(ComputeError) in
      try preparation.biasValues(index, of: shape)
    }
    let (sizes, isBackward, place) = (sizes, isBackward, shape.weightPlace)
    let weightBytes = weightBytes
    let values = preparation.parameter(shape.weight) + shape.weightOffset
    func transform(_ transformed: UnsafeMutableRawPointer) {
      withUnsafePointer(to: sizes) { sizes in
        withUnsafePointer(to: place) {
          st_convolution_transform_weight(transformed, values, $0, isBackward, sizes)
        }
      }
    }
    func run(weight: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer) {
      withUnsafePointer(to: sizes) {
        st_convolution_run(y, x, weight, biases, added, scratch, isBackward, $0)
      }
    }
    if preparation.gradients == nil {
      let weight = UnsafeMutableRawPointer(try preparation.allocate(weightBytes / 4))
      preparation.whenParametersChange { transform(weight) }
      let shared = preparation.share(bytes: pixelBytes)
      return Kernel(implementation: implementation) {
        run(weight: weight, scratch: shared.pointer)
      }
    }
    let shared = preparation.share(bytes: scratchBytes)
    return Kernel(implementation: implementation) {
      transform(shared.pointer)
      run(weight: shared.pointer, scratch: shared.pointer + weightBytes)
    }
  }
}
