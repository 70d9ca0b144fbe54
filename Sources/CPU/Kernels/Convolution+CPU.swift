internal import Compiler

extension Convolution: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    switch preparation.code {
    case .winograd:
      return try Winograd(
        shape, input: preparation.shape(input), preparation.precision(output)
      ).convolve(preparation, from: input, to: output, bias: bias, residual: residual)
    case .gathered:
      return try GatheredConvolution(
        shape, input: preparation.shape(input), output: preparation.shape(output),
        preparation.precision(output)
      ).convolve(preparation, from: input, to: output, bias: bias, residual: residual)
    case .oneDNN: return try oneDNNKernel(preparation)
    case .taps, .products, .loops: preparation.hasNone(of: instruction)
    }
  }
}

extension ConvolutionInputGradient: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    switch preparation.code {
    case .winograd:
      return try Winograd(
        shape, input: preparation.shape(inputGradient), preparation.precision(outputGradient),
        isBackward: true
      ).convolve(preparation, from: outputGradient, to: inputGradient)
    case .gathered:
      return try GatheredConvolution(
        shape, input: preparation.shape(inputGradient), output: preparation.shape(outputGradient),
        preparation.precision(outputGradient), isBackward: true
      ).convolve(preparation, from: outputGradient, to: inputGradient)
    case .oneDNN: return try oneDNNKernel(preparation)
    case .taps, .products, .loops: preparation.hasNone(of: instruction)
    }
  }
}

extension ConvolutionWeightGradient: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    switch preparation.code {
    case .winograd:
      return try Winograd(
        shape, input: preparation.shape(input), preparation.precision(outputGradient)
      ).weightGradient(preparation, input: input, outputGradient: outputGradient, bias: bias)
    case .taps:
      return try TapGradient(
        shape, input: preparation.shape(input), output: preparation.shape(outputGradient),
        preparation.precision(outputGradient)
      ).weightGradient(preparation, input: input, outputGradient: outputGradient, bias: bias)
    case .oneDNN: return try oneDNNKernel(preparation)
    case .gathered, .products, .loops: preparation.hasNone(of: instruction)
    }
  }
}
