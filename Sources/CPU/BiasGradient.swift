internal import Compiler

/// Where a bias's gradient is computed: in its place, or in whole blocks beside it.
final class BiasGradient {
  let computed: UnsafeMutablePointer<Float>
  private let final: UnsafeMutablePointer<Float>
  private let count: Int

  /// Nil where there is no bias.
  init?(_ bias: Int?, of shape: ConvolutionShape, _ preparation: Preparation)
    throws(ComputeError)
  {
    guard let bias else { return nil }
    count = shape.outputChannels
    final = try preparation.gradient(bias)
    computed =
      shape.blockedOutputChannels == count
      ? final : try preparation.allocate(shape.blockedOutputChannels)
  }

  func store() {
    if computed != final { final.update(from: computed, count: count) }
  }
}
