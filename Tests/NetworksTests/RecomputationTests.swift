import CPU
import Compiler
import Graph
import Networks
import Random
import Reference
import Testing

/// Memory that the backward pass gives back for time.
@Suite struct RecomputationTests {
  /// A network with everything that can be computed again: residual blocks, attention, dropout, skips.
  private static let network: UNetConfiguration = {
    var network = UNetPreset.small.configuration(channels: 3)
    network.dropout = 0.25
    return network
  }()

  private static func graph(batch: Int = 2, side: Int = 16) -> ComputationGraph {
    network.buildGraph(batch: batch, height: side, width: side, training: true)
  }

  private static let precisions = [Program.Precision.float32, .bfloat16].filter(
    CPUBackend().supports)

  /// The loss and all gradients of a step.
  private func results(
    _ backend: any Backend, _ precision: Program.Precision, _ recomputation: Recomputation?
  ) throws -> [[UInt32]] {
    let graph = Self.graph()
    let parameters = try ParameterStore(graph.parameters, on: backend)
    parameters.initialize(seed: 3)
    let program = try Program(
      graph, parameters: parameters, purpose: .training(recomputing: recomputation),
      precision: precision)
    program.setDropout(seed: 5, step: 7)
    // Twice, as memory is not fresh the second time.
    for _ in 0..<2 {
      for (name, tensor) in program.schedule.inputs {
        let count = program.schedule.shapes[tensor].reduce(1, *)
        let values = RandomStream(seed: 1, purpose: .initialNoise, index: name.count, step: 0)
          .normals(count)
        program.setInput(name, values.map(abs))
      }
      program.run()
    }
    let gradients = try #require(program.gradients)
    return [program.output("loss").map(\.bitPattern)]
      + graph.parameters.map { gradients[$0.name].map(\.bitPattern) }
  }

  private func requireSame(_ backend: any Backend, _ precision: Program.Precision) throws {
    let planner = RecomputationPlanner(Self.graph(), precision: precision, on: backend)
    let (usual, least) = (planner.usual, planner.least)
    let middle = try #require(planner.fitting((usual.bytes + least.bytes) / 2))
    #expect(middle.recomputation != usual.recomputation)
    #expect(middle.recomputation != least.recomputation)
    let expected = try results(backend, precision, nil)
    #expect(expected[0].allSatisfy { Float(bitPattern: $0).isFinite })
    #expect(try results(backend, precision, middle.recomputation) == expected)
    #expect(try results(backend, precision, least.recomputation) == expected)
  }

  @Test(arguments: precisions)
  func `losses and gradients are the same to the bit, however much is computed again`(
    precision: Program.Precision
  ) throws {
    try requireSame(.cpu, precision)
  }

  @Test(arguments: [UNetPreset.small, .ddpm, .restoration])
  func `the less memory there is, the more is computed again`(preset: UNetPreset) throws {
    let graph = preset.configuration(channels: 3).buildGraph(
      batch: 4, height: 32, width: 32, training: true)
    let planner = RecomputationPlanner(graph, precision: .float32, on: .reference)
    let (usual, least) = (planner.usual, planner.least)
    #expect(usual.slowdown == 0)
    #expect(
      usual.bytes
        == Program.plannedBytes(graph, purpose: .training(), on: .reference))
    #expect(try #require(planner.fitting(usual.bytes)).recomputation == usual.recomputation)
    #expect(Double(least.bytes) < 0.75 * Double(usual.bytes))
    #expect(planner.fitting(least.bytes * 9 / 10) == nil)
    var last = usual
    for part in stride(from: 7, through: 1, by: -2) {
      let bytes = least.bytes + (usual.bytes - least.bytes) * part / 8
      let choice = try #require(planner.fitting(bytes))
      #expect(choice.bytes <= bytes)
      #expect(choice.slowdown >= last.slowdown)
      #expect(
        choice.bytes
          == Program.plannedBytes(
            graph, purpose: .training(recomputing: choice.recomputation),
            on: .reference))
      last = choice
    }
    #expect(last.slowdown > 0 && last.slowdown < 0.5)
  }
}
