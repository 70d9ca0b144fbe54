import CPU
import Compiler
import Graph
import Networks
import Random
import Reference
import Testing

/// A whole network, forward and backward, on both backends.
@Suite struct UNetBackendTests {
  private struct Results {
    let prediction, losses, inputGradient: [Float]
    let gradients: [String: [Float]]
  }

  private func results(_ network: UNetConfiguration, on backend: any Backend) throws -> Results {
    let graph = network.buildGraph(batch: 2, height: 16, width: 16, training: true)
    let parameters = try ParameterStore(graph.parameters, on: backend)
    parameters.initialize(seed: 5)
    let program = try Program(
      graph, parameters: parameters, purpose: .training(inputGradients: ["x"]))
    func normals(_ index: Int, _ count: Int) -> [Float] {
      RandomStream(seed: 6, purpose: .initialNoise, index: index, step: 0).normals(count)
    }
    let size = 2 * 16 * 16 * network.inputChannels
    program.setInput("x", normals(0, size))
    program.setInput("t", [7, 640])
    program.setInput("target", normals(1, size))
    program.setInput("weight", [1, 0.5])
    program.setDropout(seed: 3, step: 8)
    program.run()
    let gradients = try #require(program.gradients)
    return Results(
      prediction: program.output("y"), losses: program.output("loss"),
      inputGradient: program.inputGradient("x"),
      gradients: Dictionary(
        uniqueKeysWithValues: graph.parameters.map { ($0.name, gradients[$0.name]) }))
  }

  @Test func `tiny computes and learns the same on all backends`() throws {
    var network = UNetPreset.tiny.configuration(channels: 3)
    network.dropout = 0.1
    let cpu = try results(network, on: .cpu)
    let reference = try results(network, on: .reference)
    #expect(relativeError(of: cpu.prediction, from: reference.prediction) < 1e-5)
    #expect(relativeError(of: cpu.losses, from: reference.losses) < 1e-6)
    #expect(relativeError(of: cpu.inputGradient, from: reference.inputGradient) < 1e-4)
    #expect(cpu.gradients.count > 50 && cpu.gradients.count == reference.gradients.count)
    let most = reference.gradients.values.map(\.norm).max() ?? 0
    for (name, expected) in reference.gradients {
      let computed = try #require(cpu.gradients[name])
      let difference = zip(computed, expected).map(-).norm
      // The gradient of a key's bias is nothing but rounding.
      #expect(difference <= 1e-4 * max(expected.norm, 1e-3 * most), "\(name): off by \(difference)")
    }
  }
}
