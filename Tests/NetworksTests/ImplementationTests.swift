import Compute
import Networks
import Testing

@Suite struct ImplementationTests {
  @Test(arguments: UNetPreset.allCases, [1, 3, 4])
  func `no preset's convolution falls to reference code`(_ preset: UNetPreset, channels: Int) {
    let graph = preset.configuration(channels: channels)
      .buildGraph(batch: 2, height: 32, width: 32, training: true)
    let parameters = ParameterStore(graph.parameters)
    let program = Program(graph, parameters: parameters, purpose: .training())
    #expect(!program.implementations.isEmpty)
    for (kind, implementation) in program.implementations {
      #expect(
        !implementation.contains("ref") && !implementation.contains("gemm"),
        "\(kind): \(implementation)")
    }
  }
}
