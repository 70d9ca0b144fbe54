internal import CKernels
internal import COneDNN

/// The sizes of a convolution, and which part of the weight it uses.
struct ConvolutionShape: Hashable {
  let weight: Int
  /// (O, I, kH, kW) of the whole weight.
  let weightShape: [Int]
  /// The first of the weight's input channels that are used, and how many: all of them, or one half
  /// where the input is the other half of a concatenation.
  let firstChannel: Int
  let inputChannels: Int
  let stride: Int
  let padding: Padding

  var outputChannels: Int { weightShape[0] }
  var kernel: [Int] { Array(weightShape[2...]) }

  /// PyTorch's order, of the part that is used.
  var weightLayout: Layout {
    let area = kernel[0] * kernel[1]
    return .plain(
      [outputChannels, inputChannels] + kernel,
      strides: [weightShape[1] * area, area, kernel[1], 1])
  }
  var weightOffset: Int { firstChannel * kernel[0] * kernel[1] }

  func operations(output: [Int]) -> Int {
    2 * output.reduce(1, *) * inputChannels * kernel[0] * kernel[1]
  }
}

/// y = convolution of x (+ bias) (+ residual).
struct Convolution: Trainable {
  let shape: ConvolutionShape
  let bias: Int?
  let input: Tensor
  let residual: Tensor?
  let output: Tensor

  var kind: String { "convolution" }
  var reads: [Tensor] { [input] + (residual.map { [$0] } ?? []) }
  var writes: [Tensor] { [output] }
  var inPlace: [(write: Tensor, read: Tensor)] { residual.map { [(output, $0)] } ?? [] }

  func differentiate(_ backward: inout Differentiation) {
    guard let gradient = backward.gradient(of: output) else { return }
    backward.append(
      ConvolutionBackwardWeights(shape: shape, bias: bias, input: input, outputGradient: gradient))
    if backward.wants(input) {
      let inputGradient = backward.tensor(like: input)
      backward.append(
        ConvolutionBackwardData(
          shape: shape, outputGradient: gradient, inputGradient: inputGradient))
      backward.contribute(inputGradient, to: input)
    }
    if let residual, backward.wants(residual) { backward.contribute(gradient, to: residual) }
  }

  func prepare(_ preparation: Preparation) -> Kernel {
    let oneDNN = preparation.oneDNN
    let primitives = ConvolutionPrimitives(
      shape, input: preparation.shape(input), output: preparation.shape(output),
      hasBias: bias != nil, addsToOutput: residual != nil, oneDNN)
    let primitive = primitives.forward
    let destination = preparation.memory(output)
    let scratchpad = Memory(
      primitive.layout(dnnl_query_scratchpad_md), oneDNN.engine, at: nil)
    preparation.share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
    var memories = [
      (DNNL_ARG_SRC, preparation.memory(input)),
      (
        DNNL_ARG_WEIGHTS,
        preparation.weight(
          shape.weight, from: shape.weightLayout, offset: shape.weightOffset,
          in: primitive.layout(dnnl_query_weights_md))
      ),
      (DNNL_ARG_DST, destination), (DNNL_ARG_SCRATCHPAD, scratchpad),
    ]
    if let bias {
      memories.append(
        (
          DNNL_ARG_BIAS,
          Memory(.plain([shape.outputChannels]), oneDNN.engine, at: preparation.parameter(bias))
        ))
    }
    let call = Call(primitive, memories, oneDNN)
    // What the result is added to must lie where it goes.
    let count = preparation.count(output)
    let to = preparation.pointer(output)
    let from = residual.map { preparation.pointer($0) } ?? to
    return Kernel(
      implementation: primitive.implementation,
      operations: shape.operations(output: preparation.shape(output))
    ) {
      if from != to { st_copy(to, from, count) }
      call.run()
    }
  }
}

/// dx from dy.
struct ConvolutionBackwardData: Instruction {
  let shape: ConvolutionShape
  let outputGradient: Tensor
  let inputGradient: Tensor

  var kind: String { "convolution by data" }
  var reads: [Tensor] { [outputGradient] }
  var writes: [Tensor] { [inputGradient] }

  func prepare(_ preparation: Preparation) -> Kernel {
    let oneDNN = preparation.oneDNN
    let primitive = ConvolutionPrimitives(
      shape, input: preparation.shape(inputGradient), output: preparation.shape(outputGradient),
      hasBias: false, addsToOutput: false, oneDNN
    ).backwardData
    let scratchpad = Memory(
      primitive.layout(dnnl_query_scratchpad_md), oneDNN.engine, at: nil)
    preparation.share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
    let call = Call(
      primitive,
      [
        (DNNL_ARG_DIFF_DST, preparation.memory(outputGradient)),
        (
          DNNL_ARG_WEIGHTS,
          preparation.weight(
            shape.weight, from: shape.weightLayout, offset: shape.weightOffset,
            in: primitive.layout(dnnl_query_weights_md))
        ),
        (DNNL_ARG_DIFF_SRC, preparation.memory(inputGradient)), (DNNL_ARG_SCRATCHPAD, scratchpad),
      ], oneDNN)
    return Kernel(
      implementation: primitive.implementation,
      operations: shape.operations(output: preparation.shape(outputGradient))
    ) { call.run() }
  }
}

/// The gradients of weight and bias from x and dy.
struct ConvolutionBackwardWeights: Instruction {
  let shape: ConvolutionShape
  let bias: Int?
  let input: Tensor
  let outputGradient: Tensor

  var kind: String { "convolution by weights" }
  var reads: [Tensor] { [input, outputGradient] }
  var writes: [Tensor] { [] }

  func prepare(_ preparation: Preparation) -> Kernel {
    let oneDNN = preparation.oneDNN
    let primitive = ConvolutionPrimitives(
      shape, input: preparation.shape(input), output: preparation.shape(outputGradient),
      hasBias: bias != nil, addsToOutput: false, oneDNN
    ).backwardWeights
    let layout = primitive.layout(dnnl_query_diff_weights_md)
    let scratchpad = Memory(
      primitive.layout(dnnl_query_scratchpad_md), oneDNN.engine, at: nil)
    let plain = shape.weightLayout
    let final = Memory(
      plain, oneDNN.engine, at: preparation.gradient(shape.weight) + shape.weightOffset)
    var weight = final
    var reorder: Reorder?
    if layout.equals(plain) {
      preparation.share(bytes: scratchpad.layout.bytes) { scratchpad.place(at: $0) }
    } else {
      weight = Memory(layout, oneDNN.engine, at: nil)
      preparation.share(scratchpad, weight)
      reorder = Reorder(weight, final, oneDNN)
    }
    var memories = [
      (DNNL_ARG_SRC, preparation.memory(input)),
      (DNNL_ARG_DIFF_DST, preparation.memory(outputGradient)),
      (DNNL_ARG_DIFF_WEIGHTS, weight), (DNNL_ARG_SCRATCHPAD, scratchpad),
    ]
    if let bias {
      memories.append(
        (
          DNNL_ARG_DIFF_BIAS,
          Memory(.plain([shape.outputChannels]), oneDNN.engine, at: preparation.gradient(bias))
        ))
    }
    let call = Call(primitive, memories, oneDNN)
    return Kernel(
      implementation: primitive.implementation,
      operations: shape.operations(output: preparation.shape(outputGradient))
    ) {
      call.run()
      reorder?.run()
    }
  }
}
