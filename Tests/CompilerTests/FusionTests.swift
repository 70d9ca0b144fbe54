import Compiler
import Graph
import Reference
import Testing

/// Which instructions operations become.
@Suite struct FusionTests {
  private func kinds(
    _ fusions: Set<Fusion>, _ build: (Value, Value, Scope) -> Value
  ) throws -> [String] {
    let graph = ComputationGraph()
    let y = build(
      graph.input("x", [1, 4, 4, 8]), graph.input("shift", [1, 8]), Scope(graph))
    graph.output("y", y)
    let backend = ReferenceBackend(fusions: fusions)
    let program = try Program(
      graph, parameters: try ParameterStore(graph.parameters, on: backend), purpose: .inference)
    return program.schedule.instructions.map(\.kind)
  }

  private func norm(_ x: Value, _ scope: Scope) -> Value {
    layerNorm(
      x, weight: scope.parameter("weight", shape: [x.channels], initial: .ones),
      bias: scope.parameter("bias", shape: [x.channels], initial: .zeros), epsilon: 1e-5)
  }

  private func convolve(_ x: Value, _ scope: Scope) -> Value {
    convolution(
      x, weight: scope.parameter("weight", shape: [8, x.channels], initial: .ones), bias: nil,
      stride: 1, padding: .all(0))
  }

  @Test func `each fusion saves the instructions that it says`() throws {
    let cases: [(Fusion, (Value, Value, Scope) -> Value, apart: [String], together: [String])] = [
      (
        .siluOfNorm, { x, _, s in silu(norm(x, s)) }, ["layer norm", "pointwise"], ["layer norm"]
      ),
      (
        .normOfShift, { x, shift, s in norm(x + shift, s) }, ["pointwise", "layer norm"],
        ["layer norm"]
      ),
      (
        .normOfConcatenation, { x, _, s in norm(concatenate(x, x), s) },
        ["concatenate", "layer norm"], ["layer norm"]
      ),
      (
        .convolutionOfConcatenation, { x, _, s in convolve(concatenate(x, x), s) },
        ["concatenate", "convolution"], ["convolution", "convolution"]
      ),
      (
        .sumWithConvolution, { x, _, s in x + convolve(x, s) }, ["convolution", "pointwise"],
        ["convolution"]
      ),
    ]
    #expect(Set(cases.map(\.0)) == Set(Fusion.allCases))
    for (fusion, build, apart, together) in cases {
      #expect(try kinds([], build) == apart, "\(fusion)")
      #expect(try kinds([fusion], build) == together, "\(fusion)")
      #expect(try kinds(Set(Fusion.allCases).subtracting([fusion]), build) == apart, "\(fusion)")
    }
  }

  @Test func `a value that others read or that is an output is not fused away`() throws {
    let all = Set(Fusion.allCases)
    #expect(
      try kinds(all) { x, _, s in
        let y = norm(x, s)
        return silu(y) + y
      } == ["layer norm", "pointwise", "pointwise"])
    #expect(
      try kinds(all) { x, _, s in
        let y = norm(x, s)
        x.graph.output("norm", y)
        return silu(y)
      } == ["layer norm", "pointwise"])
  }
}
