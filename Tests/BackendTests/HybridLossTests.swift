import Compiler
import Graph
import Testing

/// The loss of a network that learns the variance: image 0 is at timestep 0, with pixels at both ends and a
/// prediction far from one; image 1 is not.
private struct HybridCase {
  let graph = ComputationGraph()
  /// Elements of an image.
  let size: Int
  private let inputs: [String: [Float]]

  static let coefficients: [Float] = [0.7, 0.5, 0.004, -10, -8, 1, 2, 3, 0.05, -5, -4.5, 0]

  init(channels: Int) {
    size = 20 * channels
    let y = graph.input("x", [2, 4, 5, 2 * channels])
    let target = graph.input("target", [2, 4, 5, channels])
    graph.output(
      "loss",
      hybridLoss(
        y, target, image: graph.input("image", target.shape),
        coefficients: graph.input("coefficients", [2, 6])))
    // What bfloat16 holds exactly, so that all compute from the same numbers.
    func rounded(_ values: [Float]) -> [Float] { values.map { ($0 * 64).rounded() / 64 } }
    var image = rounded(normals(2 * size, 2)).map { min(max($0, -1), 1) }
    (image[0], image[1]) = (-1, 1)
    inputs = [
      "x": rounded(normals(4 * size, 0)), "target": rounded(normals(2 * size, 1)), "image": image,
    ]
  }

  /// With these factors of the squared error (a), or of the bound (b), instead.
  static func coefficients(a: Float? = nil, b: Float? = nil) -> [Float] {
    coefficients.enumerated().map { i, value in
      switch i % 6 {
      case 0: a ?? value
      case 1: b ?? value
      default: value
      }
    }
  }

  func inputs(_ coefficients: [Float]) -> [String: [Float]] {
    inputs.merging(["coefficients": coefficients]) { $1 }
  }

  func trained(_ engine: Engine, _ coefficients: [Float] = coefficients) throws -> Program {
    let program = try engine.program(
      graph, try engine.parameters(graph), .training(inputGradients: ["x"]))
    for (name, values) in inputs(coefficients) { program.setInput(name, values) }
    program.run()
    return program
  }
}

@Suite struct HybridLossTests {
  @Test(arguments: Engine.compared, [2, 3, 10])
  func `losses and gradients are the reference's`(engine: Engine, channels: Int) throws {
    let test = HybridCase(channels: channels)
    let program = try test.trained(engine)
    let reference = try test.trained(.reference)
    expectClose(
      program.output("loss"), reference.output("loss").map(Double.init), within: 1e-5, "loss")
    let (gradient, expected) = (program.inputGradient("x"), reference.inputGradient("x"))
    let bounds = Bounds.of(engine.precision)
    for part in 0..<4 {
      let half = (part * test.size)..<((part + 1) * test.size)
      bounds.expectClose(
        Array(gradient[half]), expected[half].map(Double.init), within: bounds.gradient,
        "image \(part / 2), half \(part % 2)")
    }
  }

  /// Image 0 is at timestep 0, whose term of the bound is not that of image 1.
  @Test(arguments: Engine.compared, [0, 1])
  func `a variance that is no number gives a loss that is none`(
    engine: Engine, image: Int
  ) throws {
    let test = HybridCase(channels: 3)
    let program = try engine.program(
      test.graph, try engine.parameters(test.graph), .training(inputGradients: ["x"]))
    for (name, values) in test.inputs(HybridCase.coefficients) {
      var values = values
      if name == "x" { values[(2 * image + 1) * test.size + 7] = .nan }
      program.setInput(name, values)
    }
    program.run()
    #expect(program.output("loss")[image].isNaN)
    #expect(program.output("loss")[1 - image].isFinite)
    #expect(program.inputGradient("x")[(2 * image + 1) * test.size + 7].isNaN)
  }

  @Test(arguments: [2, 3])
  func `the squared error teaches the mean and the bound teaches the variance`(
    channels: Int
  ) throws {
    let test = HybridCase(channels: channels)
    let gradient = try test.trained(.reference).inputGradient("x")
    // Each half has the slopes of its own term, of which the other's are not taken.
    let squares = try Differences(
      test.graph, inputs: test.inputs(HybridCase.coefficients(b: 0)))
    let bound = try Differences(test.graph, inputs: test.inputs(HybridCase.coefficients(a: 0)))
    for image in 0..<2 {
      for (half, term) in [squares, bound].enumerated() {
        let part = ((2 * image + half) * test.size)..<((2 * image + half + 1) * test.size)
        expectClose(
          Array(gradient[part]), try part.map { try term.slope(ofInput: "x", $0) }, within: 1e-5,
          "image \(image), half \(half)")
      }
    }
  }
}
