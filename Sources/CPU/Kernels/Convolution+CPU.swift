internal import Compiler

extension Convolution: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    switch preparation.code {
    case .winograd:
      return try winograd(preparation.schedule).convolve(
        preparation, from: input, to: output, bias: bias, residual: residual)
    case .gathered:
      return try gathered(preparation.schedule).convolve(
        preparation, from: input, to: output, bias: bias, residual: residual)
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

  private func winograd(_ schedule: Schedule) -> Winograd {
    Winograd(shape, input: schedule.shapes[input], schedule.precisions[output])
  }

  private func gathered(_ schedule: Schedule) -> GatheredConvolution {
    GatheredConvolution(
      shape, input: schedule.shapes[input], output: schedule.shapes[output],
      schedule.precisions[output])
  }
}

extension ConvolutionInputGradient: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    switch preparation.code {
    case .winograd:
      return try winograd(preparation.schedule).convolve(
        preparation, from: outputGradient, to: inputGradient)
    case .gathered:
      return try gathered(preparation.schedule).convolve(
        preparation, from: outputGradient, to: inputGradient)
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

  private func winograd(_ schedule: Schedule) -> Winograd {
    Winograd(
      shape, input: schedule.shapes[inputGradient], schedule.precisions[outputGradient],
      isBackward: true)
  }

  private func gathered(_ schedule: Schedule) -> GatheredConvolution {
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
