package import Compiler

/// How fast a program could be if it were nothing but its convolutions: each of them as a bare
/// primitive of oneDNN, by the algorithm and layout that is fastest for it, with nothing between them.
///
/// Each is timed alone and again and again, so that its tensors lie in the processor's caches where
/// they fit: a limit that no program can be expected to reach with oneDNN's convolutions.
package struct ConvolutionLimit {
  private let precision: ElementType
  private let threads: Int
  /// How often each convolution is computed in a run.
  private var counts: [BareConvolution: Int] = [:]
  /// Multiplications and additions of a run's convolutions, by the textbook's formulas.
  package private(set) var operations = 0.0

  /// The convolutions of a program, to be measured alone.
  package init(_ program: Program) {
    precision = program.precision
    threads = program.threads ?? Threads.count
    let schedule = program.schedule
    for (index, instruction) in schedule.instructions.enumerated()
    where !schedule.recomputed.contains(index) {
      guard let convolution = BareConvolution(instruction, schedule) else { continue }
      counts[convolution, default: 0] += 1
      operations += convolution.operations
    }
  }

  /// Measures the seconds that a run's convolutions take, by a clock.
  package func measuredSeconds(timedBy elapsed: @escaping () -> Duration) throws -> Double {
    Threads.use(threads)
    var candidates = try ConvolutionCandidates(precision, timedBy: elapsed)
    return try total { try candidates.fastest($0).seconds }
  }

  /// The sum of a figure over a run's convolutions; it is asked for once of those that are alike.
  package func total(_ figure: (BareConvolution) throws -> Double) rethrows -> Double {
    try counts.reduce(0) { $0 + Double($1.value) * (try figure($1.key)) }
  }

  /// The implementations of oneDNN that were the fastest, one for each kind of convolution.
  package func fastestImplementations(timedBy elapsed: @escaping () -> Duration) throws -> [String]
  {
    Threads.use(threads)
    var candidates = try ConvolutionCandidates(precision, timedBy: elapsed)
    return try counts.keys.map { try candidates.fastest($0).implementation }
  }
}

/// A convolution in one of its passes, told apart from others by its sizes only.
package struct BareConvolution: Hashable {
  let pass: ConvolutionPrimitives.Pass
  let shape: ConvolutionShape
  /// (N, H, W, C)
  let input: [Int]
  /// (N, H', W', O)
  let output: [Int]

  /// Nil where the instruction is no convolution.
  init?(_ instruction: Instruction, _ schedule: Schedule) {
    switch instruction {
    case .convolution(let it):
      self.init(.forward, it.shape, it.input, it.output, schedule)
    case .convolutionInputGradient(let it):
      self.init(.backwardData, it.shape, it.inputGradient, it.outputGradient, schedule)
    case .convolutionWeightGradient(let it):
      self.init(.backwardWeights, it.shape, it.input, it.outputGradient, schedule)
    default: return nil
    }
  }

  private init(
    _ pass: ConvolutionPrimitives.Pass, _ shape: ConvolutionShape, _ input: Tensor,
    _ output: Tensor, _ schedule: Schedule
  ) {
    self.pass = pass
    self.shape = shape.alone
    self.input = schedule.shapes[input]
    self.output = schedule.shapes[output]
  }

  /// Multiplications and additions, by the textbook's formula.
  package var operations: Double { shape.operations(output: output) }
}
