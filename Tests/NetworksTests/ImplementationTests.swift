import CPU
import Compiler
import Graph
import Networks
import Testing

@Suite struct ImplementationTests {
  static let precisions = [Program.Precision.float32, .bfloat16].filter(CPUBackend().supports)

  @Test(arguments: UNetPreset.allCases, precisions)
  func `no preset's convolution falls to reference code`(
    _ preset: UNetPreset, _ precision: Program.Precision
  ) throws {
    for channels in [1, 3, 4] { try expectFastCode(preset, channels: channels, precision) }
  }

  private func expectFastCode(
    _ preset: UNetPreset, channels: Int, _ precision: Program.Precision
  ) throws {
    let graph = preset.configuration(channels: channels)
      .buildGraph(batch: 2, height: 32, width: 32, training: true)
    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    let program = try Program(
      graph, parameters: parameters, purpose: .training(), precision: precision)
    #expect(!program.implementations.isEmpty)
    for (kind, implementation) in program.implementations {
      #expect(
        !implementation.contains("ref") && !implementation.contains("gemm"),
        "\(kind): \(implementation)")
    }
  }
}
