import CPU
import Compiler
import Graph
import TestSupport
import Testing

@Suite struct ConvolutionLimitTests {
  /// Convolutions of all kinds that networks have: from 3 channels, of stride 2, and of single pixels,
  /// the last twice.
  private static var graph: ComputationGraph {
    let graph = ComputationGraph()
    let scope = Scope(graph)
    func convolve(_ x: Value, _ name: String, to channels: Int, kernel: Int, stride: Int = 1)
      -> Value
    {
      convolution(
        x,
        weight: (scope / name).parameter(
          "weight", shape: [channels, x.channels, kernel, kernel], initial: .ones),
        bias: nil, stride: stride, padding: .all(kernel / 2))
    }
    var x = convolve(graph.input("x", [2, 8, 8, 3]), "in", to: 32, kernel: 3)
    x = convolve(silu(x), "down", to: 32, kernel: 3, stride: 2)
    x = convolve(silu(x), "pixels1", to: 32, kernel: 1)
    x = convolve(silu(x), "pixels2", to: 32, kernel: 1)
    graph.output("y", x)
    graph.output("loss", meanSquaredError(x, graph.input("target", x.shape)))
    return graph
  }

  private static let precisions = [Program.Precision.float32, .bfloat16].filter(
    CPUBackend().supports)

  @Test(arguments: precisions)
  func `all convolutions of a program are measured, in every pass`(
    _ precision: Program.Precision
  ) throws {
    let graph = Self.graph
    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    let inference = ConvolutionLimit(
      try Program(graph, parameters: parameters, purpose: .inference, precision: precision))
    let pixels = 2 * 4 * 4
    let first = 2 * (2 * 8 * 8) * 32 * 3 * 9
    let rest = 2 * pixels * 32 * 32 * (9 + 1 + 1)
    #expect(inference.operations == Double(first + rest))
    #expect(kinds(inference) == 3)

    // Nobody wants the input's gradient, so the first has none by data.
    let training = ConvolutionLimit(
      try Program(graph, parameters: parameters, purpose: .training(), precision: precision))
    #expect(training.operations == Double(2 * first + 3 * rest))
    #expect(kinds(training) == 3 + 2 + 3)

    // oneDNN's reference loops would make a limit that anything reaches.
    let start = ContinuousClock.now
    let implementations = try training.fastestImplementations(
      timedBy: { ContinuousClock.now - start })
    #expect(implementations.count == 8)
    #expect(
      implementations.allSatisfy { !$0.isEmpty && !$0.hasPrefix("ref") }, "\(implementations)")
    let clock = CountingClock()
    let seconds = try training.measuredSeconds(timedBy: { clock.now })
    let convolutions = training.total { _ in 1 }
    #expect(seconds == convolutions)
  }

  /// How many convolutions a limit measures; each counts as often as a run computes it.
  private func kinds(_ limit: ConvolutionLimit) -> Int {
    var asked: [BareConvolution] = []
    let operations = limit.total {
      asked.append($0)
      return Double($0.operations)
    }
    #expect(operations == Double(limit.operations))
    #expect(Set(asked).count == asked.count, "one is measured twice")
    return asked.count
  }
}
