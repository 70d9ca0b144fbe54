import CPU
import Compiler
import Graph
import Reference
import Testing

/// What kernels use only while they run is part of what is planned.
@Suite struct ScratchMemoryTests {
  @Test(arguments: [1, 2, 8])
  func `attention's backward pass takes what was planned, and little more than its tensors`(
    heads: Int
  ) throws {
    let graph = ComputationGraph()
    let shape = [2, 48, 48, 64]
    let inputs = ["q", "k", "v"].map { graph.input($0, shape) }
    let y = attention(query: inputs[0], key: inputs[1], value: inputs[2], heads: heads)
    graph.output("loss", meanSquaredError(y, graph.input("target", shape)))
    try expectPlanned(graph, atMost: 3)
  }

  @Test func `a convolution's transformed weight was planned`() throws {
    let graph = ComputationGraph()
    let x = graph.input("x", [1, 8, 8, 256])
    let weight = Scope(graph).parameter("w", shape: [256, 256, 3, 3], initial: .ones)
    let y = convolution(x, weight: weight, bias: nil, stride: 1, padding: .all(1))
    graph.output("loss", meanSquaredError(y, graph.input("target", y.shape)))
    try expectPlanned(graph, atMost: 300)
  }

  /// - Parameter most: how many times what the tensors take.
  private func expectPlanned(_ graph: ComputationGraph, atMost most: Int) throws {
    let program = try Program(
      graph, parameters: try ParameterStore(graph.parameters, on: .cpu), purpose: .training())
    let planned = Program.plannedBytes(graph, purpose: .training(), on: .cpu)
    #expect((planned - 4096...planned + 4096).contains(program.plannedBytes))
    let tensors = Program.plannedBytes(graph, purpose: .training(), on: .reference)
    #expect((tensors...most * tensors).contains(planned), "\(planned) and \(tensors)")
    #expect(
      RecomputationPlanner(graph, precision: .float32, on: .cpu).usual.bytes == planned)
  }
}
