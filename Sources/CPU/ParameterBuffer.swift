internal import CKernels
internal import Compiler

/// Parameters in this process's memory.
final class ParameterBuffer: ParameterStorage {
  private let layout: ParameterLayout
  private let buffer: Buffer

  init(_ layout: ParameterLayout) throws(ComputeError) {
    self.layout = layout
    buffer = try Buffer(count: layout.count)
  }

  /// Storage that this backend has made.
  static func of(_ storage: any ParameterStorage) -> ParameterBuffer {
    guard let buffer = storage as? ParameterBuffer else {
      preconditionFailure("the parameters lie on another backend")
    }
    return buffer
  }

  /// Where a parameter begins.
  func pointer(_ parameter: Int) -> UnsafeMutablePointer<Float> {
    buffer.pointer + layout.ranges[parameter].lowerBound
  }

  /// How many elements a parameter has.
  func count(_ parameter: Int) -> Int { layout.ranges[parameter].count }

  func read<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(rebasing: buffer.elements[range]))
  }

  func write<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableBufferPointer(rebasing: buffer.elements[range]))
  }

  func zero() { buffer.elements.update(repeating: 0) }

  func copy(from other: any ParameterStorage) {
    st_copy(buffer.pointer, Self.of(other).buffer.pointer, buffer.count, st_float32)
  }

  func add(_ other: any ParameterStorage, times factor: Float, in range: Range<Int>) {
    let first = range.lowerBound
    st_add_scaled(
      buffer.pointer + first, Self.of(other).buffer.pointer + first, factor, range.count)
  }

  func move(towards other: any ParameterStorage, by part: Float, in range: Range<Int>) {
    let first = range.lowerBound
    st_move_towards(
      buffer.pointer + first, Self.of(other).buffer.pointer + first, part, range.count)
  }

  func sumOfSquares(in range: Range<Int>) -> Double {
    st_sum_of_squares(buffer.pointer + range.lowerBound, range.count)
  }

  func update(
    _ constants: AdamW.StepConstants, firstMoment: any ParameterStorage,
    secondMoment: any ParameterStorage, average: any ParameterStorage,
    gradients: any ParameterStorage, in range: Range<Int>
  ) {
    var step = st_adamw(
      learning_rate: constants.learningRate, beta1: constants.beta1, beta2: constants.beta2,
      epsilon: constants.epsilon, weight_decay: constants.weightDecay,
      gradient_scale: constants.gradientScale, correction1: constants.correction1,
      correction2: constants.correction2, average_decay: constants.averageDecay)
    func pointer(_ storage: any ParameterStorage) -> UnsafeMutablePointer<Float> {
      Self.of(storage).buffer.pointer + range.lowerBound
    }
    st_adamw(
      pointer(self), pointer(firstMoment), pointer(secondMoment), pointer(average),
      pointer(gradients), range.count, &step)
  }

  var memory: UnsafeMutableBufferPointer<Float>? { buffer.elements }
}
