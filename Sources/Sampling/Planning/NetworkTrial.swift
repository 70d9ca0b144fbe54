package import Compiler
package import Files
internal import Graph
package import Networks

/// How long work of a network takes on this machine as it is now, from a trial on a small piece of it.
///
/// Time is that of products, that of attention, which runs at a fraction of their speed, and what comes
/// once a step whatever the batch, such as the optimizer. The trial takes less than a second of an
/// idle machine, whatever the images.
package struct NetworkTrial {
  /// A batch of images of one size.
  package struct Piece: Equatable {
    package var batch, width, height: Int

    package init(batch: Int, width: Int, height: Int) {
      (self.batch, self.width, self.height) = (batch, width, height)
    }
  }

  /// A piece that is ready to run.
  package struct Work {
    package let program: Program
    package let run: () throws -> Void

    package init(program: Program, run: @escaping () throws -> Void) {
      (self.program, self.run) = (program, run)
    }
  }

  /// Seconds of a step whatever its batch.
  private var once = 0.0
  private var secondsPerProduct = 0.0
  private var secondsPerAttention = 0.0
  /// The piece that was measured as a whole.
  private var measured: (piece: Piece, seconds: Double)
  private let network: UNetConfiguration
  private let clocks: Clocks

  /// Seconds of a step with the piece, and whether that is no more than estimated.
  package typealias Estimate = (seconds: Double, isRough: Bool)

  /// Seconds that a trial run should take at most.
  private static let longest = 0.2

  /// - Parameters:
  ///   - goal: what will be asked for; where it is small it is measured itself.
  ///   - clocks: what the trial is timed by.
  ///   - prepare: makes the work of a piece.
  package init(
    _ network: UNetConfiguration, towards goal: Piece, clocks: Clocks,
    prepare: (Piece) throws -> Work
  ) throws {
    self.network = network
    self.clocks = clocks
    var piece = Piece(
      batch: 1, width: Self.side(1, of: goal.width, network),
      height: Self.side(1, of: goal.height, network))
    let work = try prepare(piece)
    try work.run()
    func fastest(_ work: Work) throws -> Double {
      try Self.fastest(clocks) { try clocks.measure(work.run).seconds }
    }
    measured = (piece, try fastest(work))
    split(work, piece)

    // More of it, where that does not take long: all of it at best.
    let wider = Piece(
      batch: 1, width: Self.side(2, of: goal.width, network),
      height: Self.side(2, of: goal.height, network))
    if predicted(goal) <= Self.longest {
      piece = goal
    } else {
      if predicted(wider) <= Self.longest { piece = wider }
      var more = piece
      while more.batch < min(goal.batch, 16), predicted(more) <= Self.longest / 2 {
        more.batch = min(2 * more.batch, goal.batch)
      }
      piece = more
    }
    if piece == measured.piece { return }
    let larger = try prepare(piece)
    try larger.run()
    let seconds = try fastest(larger)
    scale(to: seconds, of: piece)
    measured = (piece, seconds)
  }

  /// A step with a batch of images of a size.
  package func seconds(_ piece: Piece) -> Estimate {
    piece == measured.piece ? (measured.seconds, false) : (predicted(piece), true)
  }

  /// A step of another network of the same kind, with attention that is as fast.
  package func seconds(_ piece: Piece, with other: UNetConfiguration) -> Estimate {
    let parameters = Double(other.parameterCount) / Double(network.parameterCount)
    return (predicted(piece, other) + once * (parameters - 1), true)
  }

  private func predicted(_ piece: Piece) -> Double { predicted(piece, network) }

  private func predicted(_ piece: Piece, _ network: UNetConfiguration) -> Double {
    let (products, attention) = Self.operations(network, piece)
    return once + secondsPerProduct * products + secondsPerAttention * attention
  }

  /// Finds what takes how much of a piece's time.
  private mutating func split(_ work: Work, _ piece: Piece) {
    var attending = 0.0
    var least = Double.infinity
    var kernels = Self.fastest(clocks) {
      var (all, ofAttention) = (0.0, 0.0)
      work.program.run(timedBy: clocks.elapsed) { instruction, run in
        let seconds = run().seconds
        all += seconds
        if work.program.schedule.kind(instruction).hasPrefix("attention") { ofAttention += seconds }
      }
      if all < least { (least, attending) = (all, ofAttention) }
      return all
    }
    kernels = min(kernels, measured.seconds)
    attending = min(attending, kernels)
    let (products, attention) = Self.operations(network, piece)
    once = measured.seconds - kernels
    secondsPerProduct = (kernels - attending) / max(products, 1)
    secondsPerAttention = attention > 0 ? attending / attention : 0
  }

  /// Brings all in line with a larger piece's time.
  private mutating func scale(to seconds: Double, of piece: Piece) {
    let rest = predicted(piece) - once
    let factor = max(seconds - once, 0.1 * seconds) / max(rest, 1e-9)
    secondsPerProduct *= factor
    secondsPerAttention *= factor
  }

  /// The least seconds of a few runs: what others compute meanwhile makes a short one many times longer.
  private static func fastest(
    _ clocks: Clocks, _ run: () throws -> Double
  ) rethrows -> Double {
    let start = clocks.elapsed()
    var least = try run()
    for _ in 1..<8 where clocks.elapsed() - start < .seconds(longest / 2) {
      least = min(least, try run())
    }
    return least
  }

  private static func operations(
    _ network: UNetConfiguration, _ piece: Piece
  ) -> (products: Double, attention: Double) {
    let one = network.buildGraph(
      batch: 1, height: piece.height, width: piece.width, training: false
    ).operations
    return (Double(piece.batch) * one.products, Double(piece.batch) * one.attention)
  }

  /// A side that the network takes: some times the shortest of a trial, and no longer than `whole`.
  private static func side(_ times: Int, of whole: Int, _ network: UNetConfiguration) -> Int {
    let multiple = network.strideMultiple
    // A last level of single pixels would take more time for its work than any that is asked for.
    return min(whole, times * max(16 / multiple, 2) * multiple)
  }
}
