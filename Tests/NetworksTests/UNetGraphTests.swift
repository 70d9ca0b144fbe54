import Compiler
import Graph
import Networks
import Testing

@Suite struct UNetGraphTests {
  private func shape(of output: String, in graph: ComputationGraph) -> [Int]? {
    graph.outputs.first { $0.name == output }.map { graph.nodes[$0.node].shape }
  }

  @Test(arguments: UNetPreset.allCases, [(8, 8), (16, 40), (64, 24), (32, 32)])
  func `the prediction has the image's size`(preset: UNetPreset, size: (Int, Int)) throws {
    let network = preset.configuration(channels: 3)
    try network.checkSize(width: size.1, height: size.0)
    let graph = network.buildGraph(batch: 2, height: size.0, width: size.1, training: true)
    #expect(shape(of: "y", in: graph) == [2, size.0, size.1, 3])
    #expect(shape(of: "loss", in: graph) == [2])
  }

  @Test(arguments: UNetPreset.allCases)
  func `parameters do not depend on batch, size or purpose`(preset: UNetPreset) {
    var network = preset.configuration(channels: 1)
    network.dropout = 0.1
    let graph = network.buildGraph(batch: 5, height: 16, width: 24, training: true)
    #expect(graph.parameters == network.parameters)
    let other = network.buildGraph(batch: 1, height: 8, width: 8, training: false)
    #expect(other.parameters == network.parameters)
  }

  @Test func `dropout is at work in training only`() {
    var network = UNetPreset.tiny.configuration(channels: 3)
    network.dropout = 0.25
    func dropouts(training: Bool) -> Int {
      network.buildGraph(batch: 1, height: 8, width: 8, training: training).nodes.filter {
        if case .dropout = $0.operation { true } else { false }
      }.count
    }
    // Three levels down with one block, two in the middle, three levels up with two blocks.
    #expect(dropouts(training: true) == 3 + 2 + 6)
    #expect(dropouts(training: false) == 0)
  }

  @Test func `asymmetric padding stands below and to the right`() {
    var paddings: [Padding] = []
    let network = UNetPreset.ddpm.configuration(channels: 3)
    for node in network.buildGraph(batch: 1, height: 8, width: 8, training: false).nodes {
      if case .convolution(stride: 2, let padding) = node.operation { paddings.append(padding) }
    }
    #expect(
      paddings == .init(repeating: Padding(top: 0, left: 0, bottom: 1, right: 1), count: 3))
  }

  @Test(arguments: [false, true])
  func `a class is one more input`(asTimestep: Bool) {
    var network = UNetPreset.tiny.configuration(channels: 3)
    network.classCount = 10
    network.classIsEmbeddedAsTimestep = asTimestep
    let graph = network.buildGraph(batch: 2, height: 8, width: 8, training: false)
    #expect(graph.nodes.contains { $0.operation == .input(name: "classes") && $0.shape == [2] })
    let names = graph.parameters.map(\.name).filter { $0.hasPrefix("class_embedding") }
    #expect(
      names
        == (asTimestep
        ? ["linear_1.weight", "linear_1.bias", "linear_2.weight", "linear_2.bias"]
        : ["weight"]).map { "class_embedding.\($0)" })
  }

  @Test func `parts that are left out declare nothing`() {
    var network = UNetPreset.tiny.configuration(channels: 3)
    func names() -> [String] { network.parameters.map(\.name) }
    #expect(names().contains("mid_block.attentions.0.to_q.weight"))
    network.middleBlock = .residual
    #expect(!names().contains { $0.contains("attentions") })
    #expect(names().contains("mid_block.resnets.1.conv2.weight"))
    network.middleBlock = .none
    #expect(!names().contains { $0.hasPrefix("mid_block") })
    network.upAttentionLevels = [true, false, false]
    #expect(names().contains("up_blocks.2.attentions.1.to_q.weight"))
    #expect(!names().contains { $0.hasPrefix("down_blocks.0.attentions") })
    network.learnedTimestepCount = 50
    #expect(network.parameters.first { $0.name == "time_proj.weight" }?.shape == [50, 32])
  }

  @Test func `initial weights are PyTorch's`() {
    let network = UNetPreset.small.configuration(channels: 3)
    let initial = Dictionary(
      uniqueKeysWithValues: network.parameters.map { ($0.name, $0.initial) })
    #expect(initial["conv_in.bias"] == .uniform(bound: 1 / Float(27).squareRoot()))
    #expect(initial["conv_out.weight"] == .uniform(bound: 1 / Float(576).squareRoot()))
    #expect(initial["time_embedding.linear_2.weight"] == .uniform(bound: 1.0 / 16))
    #expect(initial["conv_norm_out.weight"] == .ones)
    #expect(initial["conv_norm_out.bias"] == .zeros)
  }
}
