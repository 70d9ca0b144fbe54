import Compiler
import Graph
import Testing

/// A case with a weighted loss, and its inputs.
struct GradientRun {
  let graph = ComputationGraph()
  let inputs: [String: [Float]]

  init(_ test: GradientCase) {
    let x = graph.input("x", [2, test.height, test.width, test.channels])
    let y = test.build(x, graph.input("t", [2]), Scope(graph))
    graph.output("y", y)
    let target = graph.input("target", y.shape)
    graph.output("loss", meanSquaredError(y, target, weight: graph.input("weight", [2])))
    inputs = [
      "x": normals(x.shape.reduce(1, *), 0), "t": [1, 3],
      "target": normals(y.shape.reduce(1, *), 1), "weight": [0.5, 3],
    ]
  }

  /// A program that has run with the inputs, twice: the second run is not to find anything of the first.
  func trained(_ engine: Engine) throws -> Program {
    let program = try engine.program(
      graph, try engine.parameters(graph), .training(inputGradients: ["x"]))
    for _ in 0..<2 {
      for (name, values) in inputs { program.setInput(name, values) }
      program.run()
    }
    return program
  }
}

@Suite struct GradientTests {
  @Test(arguments: gradientCases, Engine.all)
  func `an image's output does not depend on the others in the batch, to the bit`(
    _ test: GradientCase, engine: Engine
  ) throws {
    func output(batch: Int) throws -> [Float] {
      let graph = ComputationGraph()
      let x = graph.input("x", [batch, test.height, test.width, test.channels])
      let y = test.build(x, graph.input("t", [batch]), Scope(graph))
      graph.output("y", y)
      let program = try engine.program(graph, try engine.parameters(graph), .inference)
      let count = x.shape[1...].reduce(1, *)
      program.setInput("x", (0..<batch).flatMap { normals(count, $0) })
      program.setInput("t", (0..<batch).map { Float($0 % 6) })
      program.run()
      return Array(program.output("y")[..<(y.shape[1...].reduce(1, *))])
    }
    let alone = try output(batch: 1)
    for batch in engine.isReference ? [2] : [2, 3, 7, 16, 32] {
      #expect(try output(batch: batch) == alone, "\(batch) images")
    }
  }

  @Test(arguments: gradientCases, Engine.all)
  func `a gradient changes no more after the instruction that makes it final`(
    _ test: GradientCase, engine: Engine
  ) throws {
    let run = GradientRun(test)
    let program = try run.trained(engine)
    let gradients = try #require(program.gradients)
    let final = program.schedule.finalGradients
    #expect(final.joined().sorted() == Array(gradients.declarations.indices))
    var seen: [Int: [Float]] = [:]
    for (name, values) in run.inputs { program.setInput(name, values) }
    program.run { instruction in
      for parameter in final[instruction] {
        seen[parameter] = gradients.read(parameter) { Array($0) }
      }
    }
    for (parameter, values) in seen {
      #expect(gradients.read(parameter) { Array($0) } == values, "\(parameter)")
    }
  }

  @Test(arguments: gradientCases, Engine.all)
  func `an instruction reads no parameters that neither it nor one before it names`(
    _ test: GradientCase, engine: Engine
  ) throws {
    let run = GradientRun(test)
    let expected = try run.trained(engine)
    let parameters = try engine.parameters(run.graph)
    let program = try engine.program(run.graph, parameters, .training(inputGradients: ["x"]))
    let values = parameters.declarations.indices.map { parameters.read($0) { Array($0) } }
    for index in values.indices { parameters.write(index) { $0.update(repeating: .nan) } }
    for (name, values) in run.inputs { program.setInput(name, values) }
    program.run { instruction in
      for index in program.schedule.instructions[instruction].parameters {
        parameters.write(index) { _ = $0.update(fromContentsOf: values[index]) }
      }
    } afterEach: { _ in
    }
    #expect(program.output("y") == expected.output("y"))
    #expect(program.inputGradient("x") == expected.inputGradient("x"))
    let (gradients, others) = (try #require(program.gradients), try #require(expected.gradients))
    for index in values.indices {
      #expect(gradients.read(index) { Array($0) } == others.read(index) { Array($0) })
    }
  }

  @Test(arguments: gradientCases, Engine.compared)
  func `outputs and gradients are the reference's`(_ test: GradientCase, engine: Engine) throws {
    let run = GradientRun(test)
    let program = try run.trained(engine)
    let reference = try run.trained(.reference)
    let bounds = Bounds.of(engine.precision)
    bounds.expectClose(
      program.output("y"), reference.output("y").map(Double.init), within: bounds.output, "y")
    bounds.expectClose(
      program.inputGradient("x"), reference.inputGradient("x").map(Double.init),
      within: bounds.gradient, "x")
    let gradients = try #require(program.gradients)
    let expected = try #require(reference.gradients)
    for parameter in run.graph.parameters {
      bounds.expectClose(
        gradients[parameter.name], expected[parameter.name].map(Double.init),
        within: bounds.gradient, parameter.name)
    }
  }
}
