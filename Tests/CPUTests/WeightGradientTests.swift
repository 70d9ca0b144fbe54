import CPU
import Compiler
import Graph
import Random
import Testing

@Suite struct WeightGradientTests {
  static let precisions = [Program.Precision.float32, .bfloat16].filter(CPUBackend().supports)

  /// Winograd's, one of a pixel, and one of every second.
  enum Kind: CaseIterable {
    case winograd, onePixel, strided

    func convolve(_ x: Value, _ scope: Scope) -> Value {
      let size = self == .onePixel ? 1 : 3
      return convolution(
        x,
        weight: scope.parameter(
          "weight", shape: [16, 16, size, size], initial: .normal(deviation: 0.1)),
        bias: scope.parameter("bias", shape: [16], initial: .zeros),
        stride: self == .strided ? 2 : 1, padding: .all(size / 2))
    }
  }

  /// The gradients of one convolution of large images, which have more pixels than are packed at
  /// once.
  private func gradients(
    _ kind: Kind, _ images: Range<Int>, _ precision: Program.Precision, threads: Int = 2
  ) throws -> [String: [Float]] {
    let shape = [images.count, 130, 131, 16]
    let graph = ComputationGraph()
    let y = kind.convolve(graph.input("x", shape), Scope(graph))
    graph.output("loss", meanSquaredError(y, graph.input("target", y.shape)))
    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    parameters.initialize(seed: 5)
    let program = try Program(
      graph, parameters: parameters, purpose: .training(), precision: precision, threads: threads)
    func normals(_ purpose: RandomStream.Purpose, _ shape: [Int]) -> [Float] {
      images.flatMap {
        RandomStream(seed: 2, purpose: purpose, index: $0, step: 0)
          .normals(shape[1...].reduce(1, *))
      }
    }
    program.setInput("x", normals(.initialNoise, shape))
    program.setInput("target", normals(.trainingNoise, y.shape))
    program.run()
    let gradients = try #require(program.gradients)
    return ["weight": gradients["weight"], "bias": gradients["bias"]]
  }

  @Test(arguments: Kind.allCases, precisions)
  func `a batch's gradient is the mean of its images'`(
    _ kind: Kind, _ precision: Program.Precision
  ) throws {
    let whole = try gradients(kind, 0..<4, precision)
    let parts = try (0..<4).map { try gradients(kind, $0..<$0 + 1, precision) }
    for (name, values) in whole {
      let means = values.indices.map { i in
        parts.reduce(0) { $0 + ($1[name]?[i] ?? .nan) } / 4
      }
      let largest = values.map(abs).max() ?? 0
      for (a, b) in zip(values, means) { #expect(abs(a - b) <= 2e-3 * largest, "\(name)") }
    }
  }

  /// oneDNN's kernels, which serve on lower instruction sets, add up in another order on other threads.
  private static let areOurs =
    KernelTable.code(for: .weightGradient, .float32, .current) == .taps

  @Test(.enabled(if: areOurs), arguments: Kind.allCases, precisions)
  func `gradients do not depend on the number of threads, to the bit`(
    _ kind: Kind, _ precision: Program.Precision
  ) throws {
    #expect(
      try gradients(kind, 0..<2, precision, threads: 1)
        == gradients(kind, 0..<2, precision, threads: 2))
  }
}
