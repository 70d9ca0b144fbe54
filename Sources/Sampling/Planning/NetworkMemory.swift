internal import Checkpoints
package import Compiler
internal import Graph
package import Networks

/// The memory that a network takes with batches of images of one size, known before it is built.
package struct NetworkMemory: Sendable {
  /// Bytes whatever the batch. Real, as a setting can ask for more than an integer counts.
  package private(set) var fixed: Double
  /// Bytes that each image of a batch adds.
  package private(set) var perImage: Double

  /// - Parameters:
  ///   - training: whether gradients are computed too; the parameters' own memory, and that of their
  ///     gradients and moments, is not counted.
  package init(
    _ network: UNetConfiguration, width: Int, height: Int, training: Bool,
    precision: Program.Precision
  ) {
    func planned(_ batch: Int) -> Double {
      let graph = network.buildGraph(
        batch: batch, height: height, width: width, training: training)
      return Double(
        Program.plannedBytes(
          graph, purpose: training ? .training() : .inference, precision: precision,
          on: Machine.backend))
    }
    let one = planned(1)
    perImage = planned(2) - one
    fixed = max(0, one - perImage)
    fixed += Self.conversions(network, width: width, height: height, precision: precision)
    if !training { fixed += Self.packedWeights(network, precision: precision) }
  }

  /// What a process has before it computes anything.
  package static let ofProcess = 56e6

  /// Gradients of bfloat16 images on their way to float32.
  package static func conversions(
    _ network: UNetConfiguration, width: Int, height: Int, precision: Program.Precision
  ) -> Double {
    precision == .bfloat16
      ? 4 * Double(network.channelsPerLevel[0]) * Double(width) * Double(height) : 0
  }

  /// What a program that does not train keeps of its weights, transformed for Winograd's tiles.
  private static func packedWeights(
    _ network: UNetConfiguration, precision: Program.Precision
  ) -> Double {
    (precision == .bfloat16 ? 2.0 * 16 / 9 : 4.0 * 36 / 9) * Double(network.parameterCount)
  }

  /// Adds what is kept beside the network.
  package func adding(fixed more: Double = 0, perImage moreOfEach: Double = 0) -> NetworkMemory {
    var sum = self
    sum.fixed += more
    sum.perImage += moreOfEach
    return sum
  }

  /// With a batch of images.
  package func bytes(batch: Int) -> Double { fixed + perImage * Double(batch) }

  /// The most images at once for which `bytes` are enough: 0 for none.
  package func largestBatch(within bytes: Int) -> Int {
    let left = Double(bytes) - fixed
    return left < perImage ? 0 : Int(min(left / max(perImage, 1), 1e9))
  }
}
