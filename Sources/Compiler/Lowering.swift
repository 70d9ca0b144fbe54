internal import Graph

/// Turns a graph into instructions, with as few passes over memory as the kernels can do it in.
///
/// What is fused is the backend's answer (`Fusion`), where nobody else reads the value between.
/// A concatenation that only such operations read is never made.
struct Lowering {
  private let graph: ComputationGraph
  private let isTraining: Bool
  private var schedule: Schedule
  private var tensors: [Int: Tensor] = [:]
  private let readers: [[Int]]
  private let named: Set<Int>

  /// - Parameters:
  ///   - images: what images are kept in.
  ///   - target: the backend's answers.
  static func lower(
    _ graph: ComputationGraph, isTraining: Bool, images: ElementType, target: Target
  ) -> Schedule {
    var lowering = Lowering(graph, isTraining: isTraining, images: images, target: target)
    for index in graph.nodes.indices { lowering.lower(index) }
    for output in graph.outputs {
      lowering.schedule.outputs[output.name] = lowering.tensor(output.node)
    }
    return lowering.schedule
  }

  private init(_ graph: ComputationGraph, isTraining: Bool, images: ElementType, target: Target) {
    self.graph = graph
    schedule = Schedule(images: images, target: target)
    self.isTraining = isTraining
    var readers = [[Int]](repeating: [], count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { readers[input].append(index) }
    }
    self.readers = readers
    named = Set(graph.outputs.map(\.node))
  }

  private func node(_ index: Int) -> ComputationGraph.Node { graph.nodes[index] }

  private func tensor(_ index: Int) -> Tensor {
    guard let tensor = tensors[index] else {
      preconditionFailure("\(node(index).operation) was fused away but is read")
    }
    return tensor
  }

  private func parameter(_ index: Int) -> Int {
    guard case .parameter(let parameter) = node(index).operation else {
      preconditionFailure("weights must be parameters, not \(node(index).operation)")
    }
    return parameter
  }

  /// The only reader of a value that is not an output.
  private func onlyReader(_ index: Int) -> Int? {
    readers[index].count == 1 && !named.contains(index) ? readers[index][0] : nil
  }

  // MARK: What is fused into its reader

  private func isFusedAway(_ index: Int) -> Bool {
    let (target, fusions) = (schedule.target, schedule.target.fusions)
    switch node(index).operation {
    case .groupNorm, .layerNorm:
      guard fusions.contains(.siluOfNorm) else { return false }
      return onlyReader(index).map { node($0).operation == .silu } ?? false
    case .addShift:
      return fusions.contains(.normOfShift) && (onlyReader(index).map(isNorm) ?? false)
    case .concatenate:
      let alignsBlocks = node(node(index).inputs[0]).shape[3] % target.channelBlock == 0
      return alignsBlocks && !named.contains(index)
        && readers[index].allSatisfy {
          isNorm($0) && fusions.contains(.normOfConcatenation)
            || isConvolutionOfOnePixel($0) && fusions.contains(.convolutionOfConcatenation)
        }
    case .convolution:
      guard fusions.contains(.sumWithConvolution) else { return false }
      guard let reader = onlyReader(index), node(reader).operation == .add else { return false }
      // Of two convolutions that are added up, the second adds to the first.
      return node(reader).inputs[1] == index
        || !isFusableConvolution(node(reader).inputs[1]) && isFusableConvolution(index)
    default: return false
    }
  }

  private func isFusableConvolution(_ index: Int) -> Bool {
    guard case .convolution = node(index).operation else { return false }
    return onlyReader(index) != nil
  }

  private func isNorm(_ index: Int) -> Bool {
    switch node(index).operation {
    case .groupNorm, .layerNorm: true
    default: false
    }
  }

  private func isConvolutionOfOnePixel(_ index: Int) -> Bool {
    guard case .convolution(let stride, let padding) = node(index).operation else { return false }
    let weight = node(node(index).inputs[1]).shape
    return stride == 1 && padding == .all(0) && weight[2...].allSatisfy { $0 == 1 }
  }

  // MARK: Instructions

  private mutating func lower(_ index: Int) {
    if isFusedAway(index) { return }
    let node = node(index)
    func input(_ position: Int) -> Tensor { tensor(node.inputs[position]) }
    /// Makes the node's tensor.
    func result() -> Tensor {
      let output = schedule.tensor(node.shape)
      tensors[index] = output
      return output
    }
    switch node.operation {
    case .input(let name): schedule.inputs[name] = result()
    case .parameter: break
    case .convolution: lowerConvolution(index, addingTo: nil, output: result())
    case .linear:
      append(
        Linear(
          weight: parameter(node.inputs[1]), bias: node.inputs.dropFirst(2).first.map(parameter),
          input: input(0), output: result()))
    case .groupNorm, .layerNorm: lowerNorm(index, hasSiLU: false, output: result())
    case .silu where isNorm(node.inputs[0]) && isFusedAway(node.inputs[0]):
      lowerNorm(node.inputs[0], hasSiLU: true, output: result())
    case .silu: append(SiLU(input: input(0), output: result()))
    case .add:
      if let convolution = node.inputs.reversed().first(where: isFusedAway),
        let other = node.inputs.first(where: { $0 != convolution })
      {
        lowerConvolution(convolution, addingTo: tensor(other), output: result())
      } else {
        append(Add(a: input(0), b: input(1), output: result()))
      }
    case .addShift: append(AddShift(input: input(0), shift: input(1), output: result()))
    case .concatenate: append(Concatenate(first: input(0), second: input(1), output: result()))
    case .upsampleNearest: append(Upsample(input: input(0), output: result()))
    case .pixelUnshuffle(let factor):
      append(PixelShuffle(factor: factor, unshuffles: true, input: input(0), output: result()))
    case .pixelShuffle(let factor):
      append(PixelShuffle(factor: factor, unshuffles: false, input: input(0), output: result()))
    case .attention(let heads):
      let pixels = node.shape[1] * node.shape[2]
      append(
        Attention(
          heads: heads, query: input(0), key: input(1), value: input(2), output: result(),
          logarithms: schedule.tensor([node.shape[0], heads, pixels])))
    case .timestepEmbedding(_, let flip, let shift):
      append(
        TimestepEmbedding(
          flipSineToCosine: flip, frequencyShift: shift, input: input(0), output: result()))
    case .embedding:
      append(
        EmbeddingLookup(
          table: parameter(node.inputs[1]), rows: self.node(node.inputs[1]).shape[0],
          index: input(0), output: result()))
    case .dropout(let rate, let site):
      if isTraining {
        append(Dropout(rate: rate, site: site, input: input(0), output: result()))
      } else {
        tensors[index] = input(0)
      }
    case .meanSquaredError:
      append(
        MeanSquaredError(
          prediction: input(0), target: input(1), weight: node.inputs.count == 3 ? input(2) : nil,
          output: result(),
          gradient: isTraining ? schedule.tensor(like: input(0)) : nil))
    case .hybridLoss:
      append(
        HybridLoss(
          prediction: input(0), target: input(1), image: input(2), coefficients: input(3),
          output: result(), gradient: isTraining ? schedule.tensor(like: input(0)) : nil))
    }
  }

  private mutating func append(_ step: some Step) {
    schedule.instructions.append(step.instruction)
  }

  private mutating func lowerNorm(_ index: Int, hasSiLU: Bool, output: Tensor) {
    let norm = node(index)
    let region: Normalization.Region
    let epsilon: Float
    switch norm.operation {
    case .groupNorm(let groups, let given):
      let statistics = schedule.tensor([norm.shape[0], groups, 2])
      (region, epsilon) = (.groups(groups, statistics: statistics), given)
    case .layerNorm(let given): (region, epsilon) = (.pixel, given)
    default: return
    }
    let source = node(norm.inputs[0])
    var inputs = [norm.inputs[0]]
    var shift: Tensor?
    if isFusedAway(norm.inputs[0]) {
      if source.operation == .addShift {
        inputs = [source.inputs[0]]
        shift = tensor(source.inputs[1])
      } else if source.operation == .concatenate {
        inputs = source.inputs
      }
    }
    append(
      Normalization(
        region: region, epsilon: epsilon, hasSiLU: hasSiLU, weight: parameter(norm.inputs[1]),
        bias: parameter(norm.inputs[2]), first: tensor(inputs[0]),
        second: inputs.count == 2 ? tensor(inputs[1]) : nil, shift: shift, output: output))
  }

  private mutating func lowerConvolution(_ index: Int, addingTo residual: Tensor?, output: Tensor) {
    let convolution = node(index)
    guard case .convolution(let stride, let padding) = convolution.operation else { return }
    let weight = convolution.inputs[1]
    let weightShape = node(weight).shape
    let bias = convolution.inputs.count == 3 ? parameter(convolution.inputs[2]) : nil
    func shape(first: Int, count: Int) -> ConvolutionShape {
      ConvolutionShape(
        weight: parameter(weight),
        weightShape: weightShape.count == 4 ? weightShape : weightShape + [1, 1],
        firstChannel: first, inputChannels: count, stride: stride, padding: padding)
    }
    let source = convolution.inputs[0]
    guard isFusedAway(source) else {
      append(
        Convolution(
          shape: shape(first: 0, count: node(source).shape[3]), bias: bias, input: tensor(source),
          residual: residual, output: output))
      return
    }
    let halves = node(source).inputs
    let firstChannels = node(halves[0]).shape[3]
    let partial = schedule.tensor(like: output)
    append(
      Convolution(
        shape: shape(first: 0, count: firstChannels), bias: bias, input: tensor(halves[0]),
        residual: residual, output: partial))
    append(
      Convolution(
        shape: shape(first: firstChannels, count: node(halves[1]).shape[3]), bias: nil,
        input: tensor(halves[1]), residual: partial, output: output))
  }
}
