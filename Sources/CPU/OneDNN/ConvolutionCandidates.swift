internal import COneDNN
internal import Compiler

/// The ways in which oneDNN computes a convolution, timed one after the other.
struct ConvolutionCandidates {
  private let precision: ElementType
  private let oneDNN: OneDNN
  /// Source, weight, destination and scratchpad: of all convolutions, as large as the largest needs.
  private var buffers: [Buffer] = []
  private let elapsed: () -> Duration

  /// - Parameter elapsed: the clock that they are timed by.
  init(_ precision: ElementType, timedBy elapsed: @escaping () -> Duration) throws(ComputeError) {
    self.precision = precision
    self.elapsed = elapsed
    oneDNN = try OneDNN()
    for _ in 0..<4 { buffers.append(try Buffer(count: 0)) }
  }

  /// The seconds that the fastest of them takes, and which it is.
  mutating func fastest(
    _ convolution: BareConvolution
  ) throws -> (seconds: Double, implementation: String) {
    var (best, implementation) = (Double.infinity, "")
    for primitive in try primitives(convolution) {
      let seconds = seconds(try call(primitive, convolution.pass), giveUpAt: 3 * best)
      if seconds < best { (best, implementation) = (seconds, primitive.implementation) }
    }
    precondition(best.isFinite, "oneDNN has no convolution of \(convolution.input)")
    return (best, implementation)
  }

  /// Those in the precision, or in float32 where oneDNN has nothing but loops for reference in it, as of bfloat16 on
  /// many processors: anything would reach such a limit, and they take minutes.
  private func primitives(_ convolution: BareConvolution) throws -> [Primitive] {
    var found: [Primitive] = []
    for precision in [precision, .float32] {
      found = try primitives(convolution, precision)
      let fast = found.filter { !$0.isReference }
      if !fast.isEmpty { return fast }
    }
    return found
  }

  private func primitives(_ convolution: BareConvolution, _ precision: ElementType) throws
    -> [Primitive]
  {
    // oneDNN has Winograd's algorithm in float32 and in blocks of 16 channels only.
    let ways: [(dnnl_alg_kind_t, ImageLayout)] =
      [(dnnl_convolution_winograd, .blocked)]
      + ImageLayout.allCases.map { (dnnl_convolution_direct, $0) }
    return try ways.compactMap { algorithm, images in
      try ConvolutionPrimitives(
        convolution.shape, input: convolution.input, output: convolution.output, precision,
        hasBias: false, addsToOutput: false, images: images, oneDNN
      ).primitive(convolution.pass, algorithm)
    }
  }

  /// The primitive on memory of the right sizes.
  private mutating func call(_ primitive: Primitive, _ pass: ConvolutionPrimitives.Pass) throws
    -> Call
  {
    let backwardData = pass == .backwardData
    let backwardWeights = pass == .backwardWeights
    let tensors = [
      backwardData
        ? (DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md) : (DNNL_ARG_SRC, dnnl_query_src_md),
      backwardWeights
        ? (DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md)
        : (DNNL_ARG_WEIGHTS, dnnl_query_weights_md),
      pass == .forward
        ? (DNNL_ARG_DST, dnnl_query_dst_md) : (DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md),
      (DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md),
    ]
    let memories = try tensors.enumerated().map { place, tensor in
      let layout = primitive.layout(tensor.1)
      let pointer = try room(place, bytes: layout.bytes)
      return (tensor.0, try Memory(layout, oneDNN.engine, at: pointer))
    }
    return Call(primitive, memories, oneDNN)
  }

  private mutating func room(_ place: Int, bytes: Int) throws -> UnsafeMutablePointer<Float> {
    if buffers[place].bytes < bytes { buffers[place] = try Self.numbers((bytes + 3) / 4) }
    return buffers[place].pointer
  }

  /// Numbers from 0.5 to 1, whether they are read as float32 or as twice as many of bfloat16.
  private static func numbers(_ count: Int) throws -> Buffer {
    let buffer = try Buffer(count: count)
    for index in 0..<count {
      let half = 0x3f00 + UInt32(truncatingIfNeeded: index &* 37) & 0x7f
      buffer.pointer[index] = Float(bitPattern: half << 16 | half)
    }
    return buffer
  }

  /// The median of some runs after the first, or the first where it takes too long.
  private func seconds(_ call: Call, giveUpAt limit: Double) -> Double {
    func time() -> Double {
      let start = elapsed()
      call.run()
      return (elapsed() - start) / .seconds(1)
    }
    let first = time()
    if first > limit { return first }
    let end = elapsed() + .milliseconds(20)
    var times: [Double] = []
    while times.count < 3 || (times.count < 9 && elapsed() < end) { times.append(time()) }
    return times.sorted()[times.count / 2]
  }
}
