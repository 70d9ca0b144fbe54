import Compute
import Random
import Testing

@Suite struct WinogradTests {
  static let precisions = [Program.Precision.float32, .bfloat16].filter(Program.supports)

  /// The gradients of one convolution of large images, whose tiles are more than are transformed at
  /// once.
  private func gradients(
    _ images: Range<Int>, _ precision: Program.Precision, threads: Int = 2
  ) throws -> [String: [Float]] {
    let shape = [images.count, 130, 131, 16]
    let graph = Graph()
    let scope = Scope(graph)
    let y = convolution(
      graph.input("x", shape),
      weight: scope.parameter("weight", shape: [16, 16, 3, 3], initial: .normal(deviation: 0.1)),
      bias: scope.parameter("bias", shape: [16], initial: .zeros), stride: 1, padding: .all(1))
    graph.output("loss", meanSquaredError(y, graph.input("target", shape)))
    let parameters = ParameterStore(graph.parameters)
    parameters.initialise(seed: 5)
    let program = Program(
      graph, parameters: parameters, purpose: .training(), precision: precision, threads: threads)
    let count = shape[1...].reduce(1, *)
    for (purpose, name) in [(RandomStream.Purpose.initialNoise, "x"), (.trainingNoise, "target")] {
      program.setInput(
        name,
        images.flatMap {
          RandomStream(seed: 2, purpose: purpose, index: $0, step: 0).normals(count)
        })
    }
    program.run()
    let gradients = try #require(program.gradients)
    return ["weight": gradients["weight"], "bias": gradients["bias"]]
  }

  @Test(arguments: precisions)
  func `a batch's gradient is the mean of its images'`(_ precision: Program.Precision) throws {
    let whole = try gradients(0..<4, precision)
    let parts = try (0..<4).map { try gradients($0..<$0 + 1, precision) }
    for (name, values) in whole {
      let means = values.indices.map { i in
        parts.reduce(0) { $0 + ($1[name]?[i] ?? .nan) } / 4
      }
      let largest = values.map(abs).max() ?? 0
      for (a, b) in zip(values, means) { #expect(abs(a - b) <= 2e-3 * largest, "\(name)") }
    }
  }

  @Test(arguments: precisions)
  func `gradients do not depend on the number of threads, to the bit`(
    _ precision: Program.Precision
  ) throws {
    #expect(
      try gradients(0..<2, precision, threads: 1) == gradients(0..<2, precision, threads: 2))
  }
}
