import CPU
import Compiler
import Graph
import Random
import Reference
import Testing

@Suite(.enabled(if: CPUBackend().supports(.bfloat16))) struct PrecisionTests {
  @Test func `images are rounded to the nearest bfloat16, ties to even`() throws {
    let graph = ComputationGraph()
    let x = graph.input("x", [1, 1, 5, 1])
    graph.output("y", x + x)
    let program = try Program(
      graph, parameters: try ParameterStore([], on: .cpu), purpose: .inference, precision: .bfloat16
    )
    let ulp = Float(1) / 128
    program.setInput("x", [1 + ulp / 2, 1 + ulp * 3 / 2, -1 - ulp * 0.6, .infinity, .nan])
    program.run()
    let y = program.output("y")
    #expect(Array(y[..<4]) == [2, 2 + 4 * ulp, -2 - 2 * ulp, .infinity])
    #expect(y[4].isNaN)
  }

  @Test func `activations take half the memory`() {
    let graph = DenoisingRun.graph
    let purpose = Program.Purpose.training()
    // A backend of which nothing else is counted.
    let whole = Program.plannedBytes(graph, purpose: purpose, on: .reference)
    let half = Program.plannedBytes(graph, purpose: purpose, precision: .bfloat16, on: .reference)
    #expect(Double(half) < 0.55 * Double(whole))
  }

  @Test func `training takes the same course as in float32`() throws {
    let expected = try DenoisingRun.losses(.float32)
    let losses = try DenoisingRun.losses(.bfloat16)
    #expect((expected.last ?? 1) < 0.6 * expected[0], "float32 learns nothing")
    for (part, (loss, reference)) in zip(losses, expected).enumerated() {
      #expect(
        abs(loss - reference) < 0.02 * reference,
        "steps from \(part * DenoisingRun.partLength): \(loss), in float32 \(reference)")
    }
  }
}

/// A hundred steps of a small network that learns to tell noise from stripes.
private enum DenoisingRun {
  static let partLength = 20
  private static let (batch, size) = (8, 8)

  static var graph: ComputationGraph {
    let graph = ComputationGraph()
    let scope = Scope(graph)
    func convolve(_ x: Value, _ name: String, to channels: Int) -> Value {
      convolution(
        x,
        weight: (scope / name).parameter(
          "weight", shape: [channels, x.channels, 3, 3],
          initial: .normal(deviation: 1 / Float(9 * x.channels).squareRoot())),
        bias: (scope / name).parameter("bias", shape: [channels], initial: .zeros),
        stride: 1, padding: .all(1))
    }
    func normalize(_ x: Value, _ name: String) -> Value {
      groupNorm(
        x, weight: (scope / name).parameter("weight", shape: [x.channels], initial: .ones),
        bias: (scope / name).parameter("bias", shape: [x.channels], initial: .zeros), groups: 4,
        epsilon: 1e-5)
    }
    let x = graph.input("x", [batch, size, size, 3])
    let first = convolve(x, "in", to: 32)
    let h = first + convolve(silu(normalize(first, "norm1")), "middle", to: 32)
    let y = convolve(silu(normalize(h, "norm2")), "out", to: 3)
    graph.output("loss", meanSquaredError(y, graph.input("target", y.shape)))
    return graph
  }

  /// The mean losses of the run's parts.
  static func losses(_ precision: Program.Precision) throws -> [Double] {
    let graph = graph
    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    parameters.initialize(seed: 5)
    let program = try Program(
      graph, parameters: parameters, purpose: .training(), precision: precision)
    let optimizer = try AdamW(parameters)
    let losses = (0..<5 * partLength).map { step in
      let noise = RandomStream(seed: 5, purpose: .trainingNoise, index: 0, step: step)
        .normals(batch * 3 * size * size)
      let noised = noise.enumerated().map { index, value in
        0.8 * (index / 2 % 2 == 0 ? 1 : -1) + 0.6 * value
      }
      program.setInput("x", noised)
      program.setInput("target", noise)
      program.run()
      if let gradients = program.gradients {
        _ = optimizer.update(
          gradients: gradients, learningRate: 2e-3, clip: 1, averageDecay: 0.99)
      }
      return program.output("loss").reduce(0) { $0 + Double($1) } / Double(batch)
    }
    return stride(from: 0, to: losses.count, by: partLength).map {
      losses[$0..<$0 + partLength].reduce(0, +) / Double(partLength)
    }
  }
}
