internal import CPU
public import Checkpoints
public import Files

/// What this machine's processors and memory can do at most.
public struct MachinePeak: Sendable {
  /// Billions of multiplications and additions a second, of numbers in registers.
  public let gigaflops: Double
  /// Billions of bytes a second, of arrays that no cache holds (McCalpin 1995, STREAM's triad).
  public let gigabytesPerSecond: Double

  /// Measures it, in less than a second.
  ///
  /// - Parameters:
  ///   - precision: of the numbers: f32 or bf16.
  ///   - threads: nil for as many as there are processors.
  ///   - clocks: what it is timed by.
  public init(
    _ precision: TrainingSettings.Precision, threads: Int? = nil, clocks: Clocks = .system
  ) throws {
    gigaflops =
      PeakSpeed.operationsPerSecond(precision.training, threads: threads, timedBy: clocks.elapsed)
      / 1e9
    gigabytesPerSecond =
      try PeakSpeed.bytesPerSecond(threads: threads, timedBy: clocks.elapsed) / 1e9
  }
}
