import CPU
import Compiler
import Graph
import Random
import Testing

@Suite struct GradientTests {
  static let precisions = [Program.Precision.float32, .bfloat16].filter(CPUBackend().supports)

  @Test(arguments: gradientCases, precisions)
  func `an image's output does not depend on the others in the batch, to the bit`(
    _ test: GradientCase, precision: Program.Precision
  ) throws {
    func output(batch: Int) throws -> [Float] {
      let graph = ComputationGraph()
      let x = graph.input("x", [batch, test.height, test.width, test.channels])
      let y = test.build(x, graph.input("t", [batch]), Scope(graph))
      graph.output("y", y)
      let parameters = try ParameterStore(graph.parameters, on: .cpu)
      parameters.initialise(seed: 3)
      let program = try Program(
        graph, parameters: parameters, purpose: .inference, precision: precision)
      let count = x.shape[1...].reduce(1, *)
      program.setInput(
        "x",
        (0..<batch).flatMap {
          RandomStream(seed: 1, purpose: .initialNoise, index: $0, step: 0).normals(count)
        })
      program.setInput("t", (0..<batch).map { Float($0 % 6) })
      program.run()
      return Array(program.output("y")[..<(y.shape[1...].reduce(1, *))])
    }
    let alone = try output(batch: 1)
    for batch in [2, 3, 7, 16, 32] { #expect(try output(batch: batch) == alone, "\(batch) images") }
  }

  @Test(arguments: gradientCases, precisions)
  func `outputs and gradients are those of float64`(
    _ test: GradientCase, precision: Program.Precision
  ) throws {
    let batch = 2
    let graph = ComputationGraph()
    let x = graph.input("x", [batch, test.height, test.width, test.channels])
    let t = graph.input("t", [batch])
    let y = test.build(x, t, Scope(graph))
    graph.output("y", y)
    let target = graph.input("target", y.shape)
    graph.output("loss", meanSquaredError(y, target, weight: graph.input("weight", [batch])))

    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    parameters.initialise(seed: 3)
    func normals(_ count: Int, _ index: Int) -> [Float] {
      RandomStream(seed: 1, purpose: .initialNoise, index: index, step: 0).normals(count)
    }
    let inputs = [
      "x": normals(x.shape.reduce(1, *), 0), "t": [1, 3],
      "target": normals(y.shape.reduce(1, *), 1), "weight": [0.5, 3],
    ]
    let program = try Program(
      graph, parameters: parameters, purpose: .training(inputGradients: ["x"]),
      precision: precision)
    // The second run is not to find anything of the first.
    for _ in 0..<2 {
      for (name, values) in inputs { program.setInput(name, values) }
      program.run()
    }

    var reference = ReferenceInterpreter(
      graph: graph, inputs: inputs.mapValues { $0.map(Double.init) },
      parameters: graph.parameters.map { parameters[$0.name].map(Double.init) })
    let bounds = Bounds.of(precision)
    bounds.expectClose(program.output("y"), reference.output("y"), within: bounds.output, "y")
    let gradients = try #require(program.gradients)
    for (index, parameter) in graph.parameters.enumerated() {
      let computed = gradients[parameter.name]
      let chosen = sample(of: computed.count)
      let expected = chosen.map { element in
        reference.slope(at: \.parameters[index][element])
      }
      let scale = computed.map(abs).max() ?? 0
      bounds.expectClose(
        chosen.map { computed[$0] }, expected, within: bounds.gradient, parameter.name,
        scale: Double(scale))
    }
    let inputGradient = program.inputGradient("x")
    let chosen = sample(of: inputGradient.count)
    let expected = chosen.map { element in reference.slope(at: \.x[element]) }
    bounds.expectClose(
      chosen.map { inputGradient[$0] }, expected, within: bounds.gradient, "x")
  }

  /// Image 0 is at timestep 0, with pixels at both ends and a prediction far from one; image 1 is not.
  @Test(arguments: precisions, [2, 3, 10])
  func `the hybrid loss teaches the mean by the squared error and the variance by the bound`(
    precision: Program.Precision, channels: Int
  ) throws {
    let graph = ComputationGraph()
    let y = graph.input("x", [2, 4, 5, 2 * channels])
    let target = graph.input("target", [2, 4, 5, channels])
    graph.output(
      "loss",
      hybridLoss(
        y, target, image: graph.input("image", target.shape),
        coefficients: graph.input("coefficients", [2, 6])))
    func normals(_ count: Int, _ index: Int) -> [Float] {
      RandomStream(seed: 1, purpose: .initialNoise, index: index, step: 0).normals(count)
    }
    let size = 20 * channels
    // What bfloat16 holds exactly, so that both compute from the same numbers.
    func rounded(_ values: [Float]) -> [Float] { values.map { ($0 * 64).rounded() / 64 } }
    var image = rounded(normals(2 * size, 2)).map { min(max($0, -1), 1) }
    (image[0], image[1]) = (-1, 1)
    let inputs: [String: [Float]] = [
      "x": rounded(normals(4 * size, 0)), "target": rounded(normals(2 * size, 1)), "image": image,
      "coefficients": [0.7, 0.5, 0.004, -10, -8, 1, 2, 3, 0.05, -5, -4.5, 0],
    ]
    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    let program = try Program(
      graph, parameters: parameters, purpose: .training(inputGradients: ["x"]),
      precision: precision)
    for (name, values) in inputs { program.setInput(name, values) }
    program.run()
    var reference = ReferenceInterpreter(
      graph: graph, inputs: inputs.mapValues { $0.map(Double.init) }, parameters: [])
    expectClose(program.output("loss"), reference.output("loss"), within: 1e-5, "loss")
    reference.heldPrediction = reference.inputs["x"]
    let gradient = program.inputGradient("x")
    let bounds = Bounds.of(precision)
    for image in 0..<2 {
      for half in 0..<2 {
        let part = ((2 * image + half) * size)..<((2 * image + half + 1) * size)
        bounds.expectClose(
          Array(gradient[part]), part.map { element in reference.slope(at: \.x[element]) },
          within: bounds.gradient, "image \(image), half \(half)")
      }
    }
  }

  /// Up to 12 indices, spread over all.
  private func sample(of count: Int) -> [Int] {
    count <= 12 ? Array(0..<count) : (0..<12).map { ($0 * count + count / 2) / 12 % count }
  }
}

extension ReferenceInterpreter {
  fileprivate var x: [Double] {
    get { inputs["x"] ?? [] }
    set { inputs["x"] = newValue }
  }

  /// The loss's derivative with respect to one number, by central differences.
  fileprivate mutating func slope(at path: WritableKeyPath<ReferenceInterpreter, Double>) -> Double
  {
    let value = self[keyPath: path]
    let step = 1e-4
    self[keyPath: path] = value + step
    let above = loss
    self[keyPath: path] = value - step
    let below = loss
    self[keyPath: path] = value
    return (above - below) / (2 * step)
  }
}

/// How far from float64 a precision may be.
private struct Bounds {
  let output, gradient: Double
  /// Whether the bounds are of the largest difference, or of the differences' mean square.
  let isOfLargest: Bool

  static func of(_ precision: Program.Precision) -> Bounds {
    switch precision {
    case .float32: Bounds(output: 2e-5, gradient: 1e-3, isOfLargest: true)
    case .bfloat16: Bounds(output: 1e-2, gradient: 3e-2, isOfLargest: false)
    }
  }

  func expectClose(
    _ computed: [Float], _ expected: [Double], within tolerance: Double, _ name: String,
    scale: Double = 0
  ) {
    if isOfLargest {
      CPUTests.expectClose(computed, expected, within: tolerance, name, scale: scale)
    } else {
      let size = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let difference = zip(computed, expected).reduce(0) {
        $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
      }.squareRoot()
      #expect(difference <= tolerance * size, "\(name): off by \(difference) of \(size)")
    }
  }
}

/// Expects all differences to be at most `tolerance` times the largest expected value.
func expectClose(
  _ computed: [Float], _ expected: [Double], within tolerance: Double, _ name: String,
  scale: Double = 0, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(computed.count == expected.count, "\(name)", sourceLocation: sourceLocation)
  let largest = max(expected.map(abs).max() ?? 0, scale, 1e-6)
  let difference = zip(computed, expected).map { abs(Double($0) - $1) }.max() ?? 0
  #expect(
    difference <= tolerance * largest, "\(name): off by \(difference) of \(largest)",
    sourceLocation: sourceLocation)
}
