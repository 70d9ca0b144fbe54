import CPU
import Compiler
import Graph
import Random
import Testing

@Suite struct ProgramTests {
  /// Two normalised convolutions and a skip over them, on `batch` images of 12 x 10 pixels.
  private func network(batch: Int, dropout rate: Float = 0) -> ComputationGraph {
    let graph = ComputationGraph()
    _ = build(graph, batch: batch, dropout: rate)
    return graph
  }

  private func build(_ graph: ComputationGraph, batch: Int, dropout rate: Float = 0) -> Value {
    let scope = Scope(graph)
    let x = graph.input("x", [batch, 12, 10, 3])
    let h = convolve(x, scope / "in", 32)
    let y =
      convolve(dropout(silu(normalise(h, scope / "norm")), rate: rate), scope / "middle", 32) + h
    let output = convolve(y, scope / "out", 3)
    graph.output("y", output)
    return output
  }

  private func convolve(_ x: Value, _ scope: Scope, _ channels: Int) -> Value {
    convolution(
      x,
      weight: scope.parameter(
        "weight", shape: [channels, x.channels, 3, 3], initial: .normal(deviation: 0.1)),
      bias: scope.parameter("bias", shape: [channels], initial: .normal(deviation: 0.1)),
      stride: 1, padding: .all(1))
  }

  private func normalise(_ x: Value, _ scope: Scope) -> Value {
    groupNorm(
      x, weight: scope.parameter("weight", shape: [x.channels], initial: .ones),
      bias: scope.parameter("bias", shape: [x.channels], initial: .zeros), groups: 4,
      epsilon: 1e-5)
  }

  private func images(_ count: Int) -> [Float] {
    (0..<count).flatMap {
      RandomStream(seed: 9, purpose: .initialNoise, index: $0, step: 0).normals(360)
    }
  }

  private func parameters(_ graph: ComputationGraph) throws -> ParameterStore {
    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    parameters.initialise(seed: 4)
    return parameters
  }

  private func output(_ graph: ComputationGraph, _ parameters: ParameterStore, threads: Int = 2)
    throws
    -> [Float]
  {
    let program = try Program(graph, parameters: parameters, purpose: .inference, threads: threads)
    program.setInput("x", images(graph.nodes[0].shape[0]))
    program.run()
    return program.output("y")
  }

  @Test func `an image's output does not depend on the batch or the threads, to the bit`() throws {
    let alone = network(batch: 1)
    let parameters = try parameters(alone)
    let reference = try output(alone, parameters)
    #expect(try output(alone, parameters, threads: 1) == reference)
    #expect(try Array(output(network(batch: 5), parameters)[..<360]) == reference)
  }

  @Test func `a run follows changed parameters`() throws {
    let graph = network(batch: 1)
    let parameters = try parameters(graph)
    let program = try Program(graph, parameters: parameters, purpose: .inference)
    program.setInput("x", images(1))
    program.run()
    let before = program.output("y")
    parameters["out.bias"] = parameters["out.bias"].map { $0 + 1 }
    program.setInput("x", images(1))
    program.run()
    expectClose(program.output("y"), before.map { Double($0) + 1 }, within: 1e-5, "y")
  }

  @Test func `a run repeats itself to the bit`() throws {
    let graph = ComputationGraph()
    let y = build(graph, batch: 2)
    graph.output("loss", meanSquaredError(y, graph.input("target", y.shape)))
    let parameters = try parameters(graph)
    let program = try Program(graph, parameters: parameters, purpose: .training())
    func gradients() -> [[Float]] {
      program.setInput("x", images(2))
      program.setInput("target", [Float](repeating: 0.5, count: 720))
      program.run()
      return graph.parameters.compactMap { program.gradients?[$0.name] }
    }
    let first = gradients()
    #expect(first.contains { $0.contains { $0 != 0 } })
    #expect(gradients() == first)
  }

  @Test func `the arena is smaller than all tensors together`() {
    let graph = network(batch: 4)
    let all = graph.nodes.filter { $0.shape.count == 4 && $0.shape[0] == 4 }
      .reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }
    #expect(Program.plannedBytes(graph, purpose: .inference, on: .cpu) < all)
  }

  @Test func `what a normalisation gives a convolution is not kept for the backward pass`() {
    func plannedBytes(blocks: Int) -> Int {
      let graph = ComputationGraph()
      let scope = Scope(graph)
      var x = graph.input("x", [2, 8, 8, 32])
      for block in 0..<blocks {
        x =
          convolve(silu(normalise(x, scope / "norm\(block)")), scope / "convolution\(block)", 32)
          + x
      }
      graph.output("loss", meanSquaredError(x, graph.input("t", x.shape)))
      return Program.plannedBytes(graph, purpose: .training(), on: .cpu)
    }
    // Of a block's two images only the sum is kept.
    let image = 4 * 2 * 8 * 8 * 32
    let perBlock = Double(plannedBytes(blocks: 12) - plannedBytes(blocks: 4)) / 8
    #expect(perBlock < 1.1 * Double(image))
  }

  @Test func `dropout zeroes by the documented stream and scales the rest`() throws {
    let graph = ComputationGraph()
    let x = graph.input("x", [2, 3, 5, 4])
    graph.output("y", dropout(x, rate: 0.25))
    graph.output("loss", meanSquaredError(dropout(x, rate: 0.25), graph.input("t", x.shape)))
    let program = try Program(graph, parameters: ParameterStore([], on: .cpu), purpose: .training())
    program.setInput("x", [Float](repeating: 3, count: 120))
    program.setInput("t", [Float](repeating: 0, count: 120))
    program.setDropout(seed: 11, step: 7, firstImage: 40)
    program.run()
    let expected = (0..<2).flatMap { image in
      RandomStream(seed: 11, purpose: .dropout, index: 40 + image, step: 7).words(60)
        .map { $0 >= 1 << 30 ? Float(4) : 0 }
    }
    #expect(program.output("y") == expected)
  }

  @Test func `dropout does nothing in inference`() throws {
    let parameters = try parameters(network(batch: 1))
    #expect(
      try output(network(batch: 1, dropout: 0.5), parameters)
        == output(network(batch: 1), parameters))
  }
}
