import CPU
import Compiler
import Graph
import Networks
import Sampling
import Testing

@Suite struct NetworkMemoryTests {
  @Test(arguments: [
    (UNetPreset.tiny, 32, 16, true), (.small, 32, 4, true), (.small, 64, 2, true),
    (.tiny, 32, 16, false), (.small, 64, 4, false), (.denoiser, 64, 4, false),
  ])
  func `a network's memory is known before it is built`(
    _ preset: UNetPreset, _ size: Int, _ batch: Int, _ training: Bool
  ) throws {
    let network = preset.configuration(channels: 3)
    let memory = NetworkMemory(
      network, width: size, height: size, training: training, precision: .float32)
    let program = try Program(
      network.buildGraph(batch: batch, height: size, width: size, training: training),
      parameters: try ParameterStore(network.parameters, on: .cpu),
      purpose: training ? .training() : .inference)
    let planned = memory.bytes(batch: batch) / Double(program.plannedBytes)
    #expect((0.9...2.5).contains(planned))
  }

  @Test func `the largest batch that fits is found`() {
    let network = UNetPreset.tiny.configuration(channels: 3)
    let memory = NetworkMemory(
      network, width: 32, height: 32, training: true, precision: .float32)
    for batch in [1, 7, 1000] {
      let bytes = Int(memory.bytes(batch: batch).rounded(.up))
      #expect(memory.largestBatch(within: bytes) == batch)
      #expect(memory.largestBatch(within: bytes - 2_000_000) < batch)
    }
    #expect(memory.largestBatch(within: 1000) == 0)
  }
}
