import CPU
import Compiler
import Diffusion
import Foundation
import Graph
import Random
import Testing

/// The loss that trains a learned variance against the bound that is measured.
@Suite struct HybridLossTests {
  @Test(arguments: Objective.allCases, [0, 1, 12, 19])
  func `the loss's second part is the bound's term in bits per dimension`(
    objective: Objective, t: Int
  ) throws {
    let schedule = try NoiseSchedule(.init(timesteps: 20))
    let size = 3 * 4 * 4
    func normals(_ index: Int) -> [Float] {
      RandomStream(seed: 2, purpose: .trainingNoise, index: index).normals(size)
    }
    let pixels = normals(0).map { UInt8(min(max($0 * 80 + 128, 0), 255)) }
    let x0 = pixels.map { Float($0) / 127.5 - 1 }
    let epsilon = normals(1)
    let xt = ForwardProcess(schedule).noised(x0, at: Double(t), epsilon: epsilon)
    let target = objective.target(alphaBar: schedule.alphaBar[t])(x0, epsilon)
    let output = zip(target, normals(2)).map { $0 + 0.2 * $1 }
    let v = normals(3)

    let graph = ComputationGraph()
    let image = graph.input("image", [1, 4, 4, 3])
    graph.output(
      "loss",
      hybridLoss(
        graph.input("y", [1, 4, 4, 6]), graph.input("target", [1, 4, 4, 3]), image: image,
        coefficients: graph.input("coefficients", [1, 6])))
    let program = try Program(
      graph, parameters: try ParameterStore(graph.parameters, on: .cpu), purpose: .inference)
    program.setInput("y", output + v)
    program.setInput("target", target)
    program.setInput("image", x0)
    program.setInput(
      "coefficients",
      ([0, 1 / log(2)] + schedule.boundCoefficients(t, objective)).map(Float.init))
    program.run()

    let predicted = objective.predictedX0(xt: xt, output: output, alphaBar: schedule.alphaBar[t])
    let term = VariationalBound(schedule, variance: .learned).term(
      t, pixels: pixels, xt: xt.map(Double.init), x0: predicted.map(Double.init),
      v: v.map(Double.init))
    #expect(abs(Double(program.output("loss")[0]) - term) < 1e-3 * max(1, term))
  }
}
