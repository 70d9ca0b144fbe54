internal import CKernels
internal import COneDNN
internal import Compiler

// Convolutions as oneDNN's primitives.

extension Convolution {
  func oneDNNKernel(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let oneDNN = preparation.oneDNN
    let primitives = ConvolutionPrimitives(
      shape, input: preparation.shape(input), output: preparation.shape(output),
      preparation.precision(output), hasBias: bias != nil, addsToOutput: residual != nil, oneDNN)
    let primitive = try primitives.forward
    let destination = try preparation.memory(output)
    let scratchpad = try Memory(
      primitive.layout(dnnl_query_scratchpad_md), oneDNN.engine, at: nil)
    let weight = try preparation.weight(
      shape, in: primitive.layout(dnnl_query_weights_md), beside: scratchpad)
    var memories = [
      (DNNL_ARG_SRC, try preparation.memory(input)), (DNNL_ARG_WEIGHTS, weight.memory),
      (DNNL_ARG_DST, destination), (DNNL_ARG_SCRATCHPAD, scratchpad),
    ]
    if let bias {
      memories.append((DNNL_ARG_BIAS, try preparation.bias(bias, of: shape)))
    }
    let call = Call(primitive, memories, oneDNN)
    // What the result is added to must lie where it goes.
    let (count, element) = (preparation.count(output), preparation.element(output))
    let to = preparation.pointer(output)
    let from = residual.map { preparation.pointer($0) } ?? to
    return Kernel(implementation: primitive.implementation) {
      weight.pack()
      if from != to { st_copy(to, from, count, element) }
      call.run()
    }
  }
}

extension ConvolutionInputGradient {
  func oneDNNKernel(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let oneDNN = preparation.oneDNN
    let primitive = try ConvolutionPrimitives(
      shape, input: preparation.shape(inputGradient), output: preparation.shape(outputGradient),
      preparation.precision(outputGradient), hasBias: false, addsToOutput: false, oneDNN
    ).backwardData
    let scratchpad = try Memory(
      primitive.layout(dnnl_query_scratchpad_md), oneDNN.engine, at: nil)
    let weight = try preparation.weight(
      shape, in: primitive.layout(dnnl_query_weights_md), beside: scratchpad)
    let call = Call(
      primitive,
      [
        (DNNL_ARG_DIFF_DST, try preparation.memory(outputGradient)),
        (DNNL_ARG_WEIGHTS, weight.memory),
        (DNNL_ARG_DIFF_SRC, try preparation.memory(inputGradient)),
        (DNNL_ARG_SCRATCHPAD, scratchpad),
      ], oneDNN)
    return Kernel(implementation: primitive.implementation) {
      weight.pack()
      call.run()
    }
  }
}
