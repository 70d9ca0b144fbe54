import CPU
import Compiler
import Graph
import Networks
import Random
import Testing

@Suite struct BatchIndependenceTests {
  static let precisions = [Program.Precision.float32, .bfloat16].filter(CPUBackend().supports)

  @Test(arguments: UNetPreset.allCases, precisions)
  func `an image's output does not depend on the others in the batch, to the bit`(
    _ preset: UNetPreset, _ precision: Program.Precision
  ) throws {
    let network = preset.configuration(channels: 3)
    let parameters = try ParameterStore(network.parameters, on: .cpu)
    parameters.initialize(seed: 1)
    func output(batch: Int) throws -> [Float] {
      let program = try Program(
        network.buildGraph(batch: batch, height: 32, width: 32, training: false),
        parameters: parameters, purpose: .inference, precision: precision)
      program.setInput(
        "x",
        (0..<batch).flatMap {
          RandomStream(seed: 1, purpose: .initialNoise, index: $0, step: 0).normals(3072)
        })
      program.setInput("t", (0..<batch).map { Float(500 - $0) })
      program.run()
      return Array(program.output("y")[..<3072])
    }
    let alone = try output(batch: 1)
    for batch in [2, 5] { #expect(try output(batch: batch) == alone, "\(batch) images") }
  }
}
