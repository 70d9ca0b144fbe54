internal import COneDNN
internal import Compiler
internal import Graph

/// oneDNN's primitives for one convolution.
///
/// The algorithm is the direct one: oneDNN's Winograd, which has to be asked for, is slower than
/// `Winograd` wherever it runs.
struct ConvolutionPrimitives {
  private let shape: ConvolutionShape
  private let input: [Int]
  private let output: [Int]
  private let precision: ElementType
  private let hasBias: Bool
  private let addsToOutput: Bool
  private let images: ImageLayout
  private let oneDNN: OneDNN

  /// - Parameters:
  ///   - input: (N, H, W, C)
  ///   - output: (N, H', W', O)
  ///   - precision: of input, output and weight; the gradient by weights is float32.
  ///   - addsToOutput: whether the result is added to what the output holds.
  ///   - images: how input and output lie in memory.
  init(
    _ shape: ConvolutionShape, input: [Int], output: [Int], _ precision: ElementType,
    hasBias: Bool, addsToOutput: Bool, images: ImageLayout = .blocked, _ oneDNN: OneDNN
  ) {
    self.shape = shape
    self.input = input
    self.output = output
    self.precision = precision
    self.hasBias = hasBias
    self.addsToOutput = addsToOutput
    self.images = images
    self.oneDNN = oneDNN
  }

  /// What is computed from what.
  enum Pass { case forward, backwardData, backwardWeights }

  var forward: Primitive { get throws(ComputeError) { try direct(.forward) } }
  var backwardData: Primitive { get throws(ComputeError) { try direct(.backwardData) } }
  var backwardWeights: Primitive {
    get throws(ComputeError) { try direct(.backwardWeights) }
  }

  private func direct(_ pass: Pass) throws(ComputeError) -> Primitive {
    guard let primitive = try primitive(pass, dnnl_convolution_direct) else {
      preconditionFailure("oneDNN has no convolution of \(input) to \(output)")
    }
    return primitive
  }

  /// Nil where oneDNN has no implementation.
  func primitive(_ pass: Pass, _ algorithm: dnnl_alg_kind_t) throws(ComputeError) -> Primitive? {
    guard let forward = try descriptor(dnnl_forward_training, algorithm) else { return nil }
    if pass == .forward { return try Primitive(forward) }
    defer { dnnl_primitive_desc_destroy(forward) }
    let descriptor =
      pass == .backwardData
      ? try descriptor(dnnl_backward_data, algorithm, after: forward)
      : try descriptor(dnnl_backward_weights, algorithm, weights: .float32, after: forward)
    guard let descriptor else { return nil }
    return try Primitive(descriptor)
  }

  /// Nil where oneDNN has no implementation.
  private func descriptor(
    _ pass: dnnl_prop_kind_t, _ algorithm: dnnl_alg_kind_t, weights: ElementType? = nil,
    after forward: dnnl_primitive_desc_t? = nil
  ) throws(ComputeError) -> dnnl_primitive_desc_t? {
    let channels =
      images == .blocked
      ? [shape.blockedOutputChannels, shape.blockedInputChannels]
      : [shape.outputChannels, shape.inputChannels]
    let source = images.layout(input, precision)
    let destination = images.layout(output, precision)
    let weight = Layout.any(channels + shape.kernel, weights ?? precision)
    let bias = hasBias ? Layout.plain([channels[0]]) : nil
    let strides = [dnnl_dim_t](repeating: dnnl_dim_t(shape.stride), count: 2)
    // What oneDNN calls the right padding follows from the output's size.
    let low = [shape.padding.top, shape.padding.left].map { dnnl_dim_t($0) }
    let high = (0..<2).map { axis in
      let size = input[axis + 1] + (axis == 0 ? shape.padding.top : shape.padding.left)
      return dnnl_dim_t(
        (output[axis + 1] - 1) * shape.stride + shape.kernel[axis] - size)
    }
    let attributes = try Attributes(sum: addsToOutput && forward == nil)
    var descriptor: dnnl_primitive_desc_t?
    let status = withExtendedLifetime((source, weight, bias, destination, attributes)) {
      st_convolution_create(
        &descriptor, oneDNN.engine, pass, algorithm, source.handle, weight.handle, bias?.handle,
        destination.handle, strides, low, high, forward, attributes.handle)
    }
    if status == dnnl_out_of_memory { throw .outOfMemory(bytes: nil) }
    return status == dnnl_success ? descriptor : nil
  }
}

/// Settings of a primitive: its scratch memory is ours, and perhaps it adds to its destination.
private final class Attributes {
  private(set) var handle: dnnl_primitive_attr_t?

  init(sum: Bool) throws(ComputeError) {
    try check(dnnl_primitive_attr_create(&handle), "dnnl_primitive_attr_create")
    try check(
      dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user),
      "dnnl_primitive_attr_set_scratchpad_mode")
    guard sum else { return }
    var operations: dnnl_post_ops_t?
    try check(dnnl_post_ops_create(&operations), "dnnl_post_ops_create")
    try check(st_append_sum(operations), "dnnl_post_ops_append_sum")
    try check(
      dnnl_primitive_attr_set_post_ops(handle, operations), "dnnl_primitive_attr_set_post_ops")
    dnnl_post_ops_destroy(operations)
  }

  deinit { dnnl_primitive_attr_destroy(handle) }
}
