package import Compiler

/// Parameters in float64.
package final class ReferenceStorage: ParameterStorage {
  /// All elements.
  package var values: [Double]
  private let layout: ParameterLayout

  init(_ layout: ParameterLayout) {
    self.layout = layout
    values = [Double](repeating: 0, count: layout.count)
  }

  /// Storage that this backend has made.
  package static func of(_ storage: any ParameterStorage) -> ReferenceStorage {
    guard let storage = storage as? ReferenceStorage else {
      preconditionFailure("the parameters lie on another backend")
    }
    return storage
  }

  /// The elements of the parameter at `index` of the declarations.
  package subscript(index: Int) -> [Double] {
    get { Array(values[layout.ranges[index]]) }
    set { values.replaceSubrange(layout.ranges[index], with: newValue) }
  }

  package func read<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: range.count)
    defer { copy.deallocate() }
    _ = copy.initialize(fromContentsOf: values[range].map { Float($0) })
    return try body(UnsafeBufferPointer(copy))
  }

  package func write<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: range.count)
    defer { copy.deallocate() }
    _ = copy.initialize(fromContentsOf: values[range].map { Float($0) })
    defer { values.replaceSubrange(range, with: copy.map { Double($0) }) }
    return try body(copy)
  }

  package func zero() { values = [Double](repeating: 0, count: values.count) }

  package func copy(from other: any ParameterStorage) { values = Self.of(other).values }

  package func add(_ other: any ParameterStorage, times factor: Float, in range: Range<Int>) {
    let others = Self.of(other).values
    for i in range { values[i] += Double(factor) * others[i] }
  }

  package func move(towards other: any ParameterStorage, by part: Float, in range: Range<Int>) {
    let others = Self.of(other).values
    for i in range { values[i] += Double(part) * (others[i] - values[i]) }
  }

  package func sumOfSquares(in range: Range<Int>) -> Double {
    values[range].reduce(0) { $0 + $1 * $1 }
  }

  /// Loshchilov & Hutter 2019, algorithm 2.
  package func update(
    _ constants: AdamW.StepConstants, firstMoment: any ParameterStorage,
    secondMoment: any ParameterStorage, average: any ParameterStorage,
    gradients: any ParameterStorage, in range: Range<Int>
  ) {
    let (first, second) = (Self.of(firstMoment), Self.of(secondMoment))
    let (average, gradients) = (Self.of(average), Self.of(gradients))
    let (beta1, beta2) = (Double(constants.beta1), Double(constants.beta2))
    for i in range {
      let g = gradients.values[i] * Double(constants.gradientScale)
      first.values[i] = beta1 * first.values[i] + (1 - beta1) * g
      second.values[i] = beta2 * second.values[i] + (1 - beta2) * g * g
      let deviation = (second.values[i] * Double(constants.correction2)).squareRoot()
      let step =
        first.values[i] * Double(constants.correction1) / (deviation + Double(constants.epsilon))
      values[i] -=
        Double(constants.learningRate) * (step + Double(constants.weightDecay) * values[i])
      average.values[i] += (1 - Double(constants.averageDecay)) * (values[i] - average.values[i])
    }
  }

  package var memory: UnsafeMutableBufferPointer<Float>? { nil }
}
