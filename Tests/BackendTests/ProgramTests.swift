import Compiler
import Graph
import Random
import Testing

@Suite struct ProgramTests {
  /// Two normalized convolutions and a skip over them, on `batch` images of 12 x 10 pixels.
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
      convolve(dropout(silu(normalize(h, scope / "norm")), rate: rate), scope / "middle", 32) + h
    let output = convolve(y, scope / "out", 3)
    graph.output("y", output)
    return output
  }

  private func convolve(
    _ x: Value, _ scope: Scope, _ channels: Int, side: Int = 3, stride: Int = 1
  ) -> Value {
    convolution(
      x,
      weight: scope.parameter(
        "weight", shape: [channels, x.channels, side, side], initial: .normal(deviation: 0.1)),
      bias: scope.parameter("bias", shape: [channels], initial: .normal(deviation: 0.1)),
      stride: stride, padding: .all(side / 2))
  }

  private func normalize(_ x: Value, _ scope: Scope) -> Value {
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

  private func output(
    _ engine: Engine, _ graph: ComputationGraph, _ parameters: ParameterStore, threads: Int = 2
  ) throws -> [Float] {
    let program = try engine.program(graph, parameters, .inference, threads: threads)
    program.setInput("x", images(graph.nodes[0].shape[0]))
    program.run()
    return program.output("y")
  }

  @Test(arguments: Engine.all)
  func `a program that gave its memory back computes the same again`(engine: Engine) throws {
    let graph = network(batch: 2)
    let parameters = try engine.parameters(graph)
    let program = try engine.program(graph, parameters, .inference)
    func output() -> [Float] {
      program.setInput("x", images(2))
      program.run()
      return program.output("y")
    }
    let first = output()
    program.release()
    #expect(output() == first)
  }

  @Test(arguments: Engine.all)
  func `an image's output does not depend on the batch or the threads, to the bit`(engine: Engine)
    throws
  {
    let alone = network(batch: 1)
    let parameters = try engine.parameters(alone)
    let reference = try output(engine, alone, parameters)
    #expect(try output(engine, alone, parameters, threads: 1) == reference)
    #expect(try Array(output(engine, network(batch: 5), parameters)[..<360]) == reference)
  }

  @Test(arguments: Engine.all)
  func `a run follows changed parameters`(engine: Engine) throws {
    let graph = network(batch: 1)
    let parameters = try engine.parameters(graph)
    let program = try engine.program(graph, parameters, .inference)
    program.setInput("x", images(1))
    program.run()
    let before = program.output("y")
    parameters["out.bias"] = parameters["out.bias"].map { $0 + 1 }
    program.setInput("x", images(1))
    program.run()
    let bounds = Bounds.of(engine.precision)
    bounds.expectClose(
      program.output("y"), before.map { Double($0) + 1 }, within: bounds.output, "y")
  }

  @Test(arguments: Engine.all)
  func `a run repeats itself to the bit`(engine: Engine) throws {
    let graph = ComputationGraph()
    let y = build(graph, batch: 2)
    graph.output("loss", meanSquaredError(y, graph.input("target", y.shape)))
    let parameters = try engine.parameters(graph)
    let program = try engine.program(graph, parameters, .training())
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

  /// As a distillation runs it. The channels fill no blocks, so that kernels keep copies of the weights.
  @Test(arguments: Engine.all)
  func `a run in parts, the first of them twice, is a whole run`(engine: Engine) throws {
    let graph = ComputationGraph()
    let scope = Scope(graph)
    let x = convolve(graph.input("x", [2, 12, 10, 3]), scope / "in", 20)
    let h = convolve(silu(x), scope / "strided", 20, stride: 2)
    let y = convolve(silu(convolve(h, scope / "pointwise", 12, side: 1)), scope / "out", 3)
    graph.output("y", y)
    graph.output("loss", meanSquaredError(y, graph.input("target", y.shape)))
    let parameters = try engine.parameters(graph)
    func gradients(_ parts: [Program.Part]) throws -> [[Float]] {
      let program = try engine.program(graph, parameters, .training())
      program.setInput("target", [Float](repeating: 0.5, count: 2 * 6 * 5 * 3))
      for (number, part) in parts.enumerated() {
        // Of the last run of the first part are the gradients.
        if part != .rest {
          program.setInput("x", images(2).map { $0 + Float(parts.count / 2 - number) })
        }
        program.run(part) { _ in }
      }
      return graph.parameters.compactMap { program.gradients?[$0.name] }
    }
    let whole = try gradients([.whole])
    #expect(whole.allSatisfy { $0.contains { $0 != 0 } })
    #expect(try gradients([.forward, .forward, .rest]) == whole)
  }

  @Test(arguments: Engine.all)
  func `dropout zeroes by the documented stream and scales the rest`(engine: Engine) throws {
    let graph = ComputationGraph()
    let x = graph.input("x", [2, 3, 5, 4])
    graph.output("y", dropout(x, rate: 0.25))
    graph.output("loss", meanSquaredError(dropout(x, rate: 0.25), graph.input("t", x.shape)))
    let program = try engine.program(graph, engine.parameters(graph), .training())
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

  @Test(arguments: Engine.all)
  func `dropout does nothing in inference`(engine: Engine) throws {
    let parameters = try engine.parameters(network(batch: 1))
    #expect(
      try output(engine, network(batch: 1, dropout: 0.5), parameters)
        == output(engine, network(batch: 1), parameters))
  }
}
