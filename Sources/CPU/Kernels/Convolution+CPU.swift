internal import Compiler

/// A convolution, or its gradient by the input, which the same kernels compute the other way round.
protocol DirectedConvolution: CPUInstruction {
  var instruction: Instruction { get }
  /// What is read and written: tensors, and where there are any a bias and what is added.
  var operands: (from: Tensor, to: Tensor, bias: Int?, residual: Tensor?) { get }
  func winograd(_ schedule: Schedule) -> Winograd
  func gathered(_ schedule: Schedule) -> GatheredConvolution
  func oneDNNKernel(_ preparation: Preparation) throws(ComputeError) -> Kernel
}

extension DirectedConvolution {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (from, to, bias, residual) = operands
    switch preparation.code {
    case .winograd:
      return try winograd(preparation.schedule).convolve(
        preparation, from: from, to: to, bias: bias, residual: residual)
    case .gathered:
      return try gathered(preparation.schedule).convolve(
        preparation, from: from, to: to, bias: bias, residual: residual)
    case .oneDNN: return try oneDNNKernel(preparation)
    case .taps, .products, .loops: preparation.hasNone(of: instruction)
    }
  }

  func scratchBytes(_ schedule: Schedule) -> Int {
    switch KernelTable.code(for: instruction, schedule) {
    case .winograd: winograd(schedule).scratchBytes
    case .gathered: gathered(schedule).scratchBytes
    case .oneDNN: OneDNN.usualScratchBytes
    case .taps, .products, .loops: 0
    }
  }
}

extension Convolution: DirectedConvolution {
  var operands: (from: Tensor, to: Tensor, bias: Int?, residual: Tensor?) {
    (input, output, bias, residual)
  }

  func winograd(_ schedule: Schedule) -> Winograd {
    Winograd(shape, input: schedule.shapes[input], schedule.precisions[output])
  }

  func gathered(_ schedule: Schedule) -> GatheredConvolution {
    GatheredConvolution(
      shape, input: schedule.shapes[input], output: schedule.shapes[output],
      schedule.precisions[output])
  }
}

extension ConvolutionInputGradient: DirectedConvolution {
  var operands: (from: Tensor, to: Tensor, bias: Int?, residual: Tensor?) {
    (outputGradient, inputGradient, nil, nil)
  }

  func winograd(_ schedule: Schedule) -> Winograd {
    Winograd(
      shape, input: schedule.shapes[inputGradient], schedule.precisions[outputGradient],
      isBackward: true)
  }

  func gathered(_ schedule: Schedule) -> GatheredConvolution {
    GatheredConvolution(
      shape, input: schedule.shapes[inputGradient], output: schedule.shapes[outputGradient],
      schedule.precisions[outputGradient], isBackward: true)
  }
}

extension ConvolutionWeightGradient: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    switch preparation.code {
    case .winograd:
      return try winograd(preparation.schedule).weightGradient(
        preparation, input: input, outputGradient: outputGradient, bias: bias)
    case .taps:
      return try taps(preparation.schedule).weightGradient(
        preparation, input: input, outputGradient: outputGradient, bias: bias)
    case .gathered, .oneDNN, .products, .loops: preparation.hasNone(of: instruction)
    }
  }

  func scratchBytes(_ schedule: Schedule) -> Int {
    switch KernelTable.code(for: instruction, schedule) {
    case .winograd: winograd(schedule).gradientScratchBytes
    case .taps: taps(schedule).scratchBytes
    case .oneDNN, .gathered, .products, .loops: 0
    }
  }

  private func winograd(_ schedule: Schedule) -> Winograd {
    Winograd(shape, input: schedule.shapes[input], schedule.precisions[outputGradient])
  }

  private func taps(_ schedule: Schedule) -> TapGradient {
    TapGradient(
      shape, input: schedule.shapes[input], output: schedule.shapes[outputGradient],
      schedule.precisions[outputGradient])
  }
}
