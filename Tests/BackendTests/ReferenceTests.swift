import Compiler
import Graph
import Reference
import Testing

/// The loss of a graph on the reference backend, and its slopes by central differences.
final class Differences {
  private let program: Program
  private let executable: ReferenceExecutable
  private let storage: ReferenceStorage

  init(_ graph: ComputationGraph, inputs: [String: [Float]]) throws {
    let parameters = try Engine.reference.parameters(graph)
    program = try Engine.reference.program(graph, parameters, .inference)
    executable = try #require(program.executable as? ReferenceExecutable)
    storage = .of(parameters.storage)
    for (name, values) in inputs { program.setInput(name, values) }
  }

  /// By an element of an input.
  func slope(ofInput name: String, _ element: Int) throws -> Double {
    let tensor = try #require(program.schedule.inputs[name])
    return try slope { self.executable[tensor][element] += $0 }
  }

  /// By an element of a parameter.
  func slope(ofParameter index: Int, _ element: Int) throws -> Double {
    try slope { self.storage[index][element] += $0 }
  }

  private func slope(_ move: (Double) -> Void) throws -> Double {
    let step = 1e-4
    move(step)
    let above = try loss()
    move(-2 * step)
    let below = try loss()
    move(step)
    return (above - below) / (2 * step)
  }

  /// The mean over the batch.
  private func loss() throws -> Double {
    program.run()
    let losses = executable[try #require(program.schedule.outputs["loss"])]
    return losses.reduce(0, +) / Double(losses.count)
  }
}

/// What the reference backend says of itself: others are compared with it.
@Suite struct ReferenceTests {
  @Test(arguments: gradientCases)
  func `gradients are the slopes of the loss`(_ test: GradientCase) throws {
    let run = GradientRun(test)
    let trained = try run.trained(.reference)
    let differences = try Differences(run.graph, inputs: run.inputs)
    func check(_ computed: [Float], _ name: String, _ slope: (Int) throws -> Double) throws {
      let chosen = sample(of: computed.count)
      expectClose(
        chosen.map { computed[$0] }, try chosen.map(slope), within: 1e-5, name,
        scale: computed.reduce(0) { max($0, Double(abs($1))) } + 1e-3)
    }
    try check(trained.inputGradient("x"), "x") { try differences.slope(ofInput: "x", $0) }
    let gradients = try #require(trained.gradients)
    for (index, parameter) in run.graph.parameters.enumerated() {
      try check(gradients[parameter.name], parameter.name) {
        try differences.slope(ofParameter: index, $0)
      }
    }
  }

  /// What is computed does not depend on what is computed together.
  @Test(arguments: gradientCases)
  func `fused instructions are what they are made of`(_ test: GradientCase) throws {
    let run = GradientRun(test)
    func results(_ fusions: Set<Fusion>) throws -> [[Float]] {
      let program = try run.trained(
        Engine(backend: ReferenceBackend(fusions: fusions), precision: .float32))
      let gradients = try #require(program.gradients)
      return [program.output("y"), program.inputGradient("x")]
        + run.graph.parameters.map { gradients[$0.name] }
    }
    let expected = try results([])
    for fusions in Fusion.allCases.map({ [$0] }) + [Set(Fusion.allCases)] {
      for (computed, expected) in zip(try results(fusions), expected) {
        expectClose(
          computed, expected.map(Double.init), within: 1e-6, "\(fusions)", scale: 1e-3)
      }
    }
  }

  /// Up to 6 indices, spread over all.
  private func sample(of count: Int) -> [Int] {
    count <= 6 ? Array(0..<count) : (0..<6).map { ($0 * count + count / 2) / 6 % count }
  }
}
