import Graph
import Testing

@Suite struct OperationTests {
  private let graph = ComputationGraph()

  private func parameter(_ name: String, _ shape: [Int]) -> Value {
    Scope(graph).parameter(name, shape: shape, initial: .zeros)
  }

  @Test func `shapes follow from the operation`() {
    let x = graph.input("x", [2, 9, 7, 8])
    let weight = parameter("w", [12, 8, 3, 3])
    #expect(
      convolution(x, weight: weight, bias: nil, stride: 1, padding: .all(1)).shape
        == [2, 9, 7, 12])
    #expect(
      convolution(x, weight: weight, bias: nil, stride: 2, padding: .all(1)).shape
        == [2, 5, 4, 12])
    #expect(
      convolution(
        x, weight: weight, bias: nil, stride: 2,
        padding: Padding(top: 0, left: 0, bottom: 1, right: 1)
      ).shape == [2, 4, 3, 12])
    #expect(upsampleNearest(x).shape == [2, 18, 14, 8])
    #expect(concatenate(x, silu(x)).shape == [2, 9, 7, 16])
    #expect(pixelShuffle(x, factor: 2).shape == [2, 18, 14, 2])
    #expect(pixelUnshuffle(upsampleNearest(x), factor: 2).shape == [2, 9, 7, 32])
    #expect((x + graph.input("shift", [2, 8])).shape == x.shape)
    #expect(meanSquaredError(x, silu(x)).shape == [2])
    let t = graph.input("t", [2])
    #expect(
      timestepEmbedding(t, channels: 10, flipSineToCosine: true, frequencyShift: 0).shape
        == [2, 10])
    #expect(embedding(t, table: parameter("table", [5, 6])).shape == [2, 6])
  }

  @Test func `the same operation on the same values is one node`() {
    let x = graph.input("x", [1, 4, 4, 8])
    #expect(silu(x).node == silu(x).node)
    #expect(silu(x).node != silu(silu(x)).node)
    // No two dropouts draw the same mask.
    #expect(dropout(x, rate: 0.5).node != dropout(x, rate: 0.5).node)
    #expect(dropout(x, rate: 0).node == x.node)
  }

  @Test func `the cost is that of products, by the textbook's formulas`() {
    let x = graph.input("x", [2, 6, 5, 8])
    _ = convolution(
      x, weight: parameter("w", [12, 8, 3, 3]), bias: nil, stride: 1, padding: .all(1))
    let products = 2 * (2 * 6 * 5 * 12) * (8 * 9)
    #expect(graph.operations.products == Double(products))
    #expect(graph.operations.attention == 0)
    _ = attention(query: x, key: x, value: x, heads: 2)
    let attention = 2 * (2 * 2 * 30 * 30 * 8)
    #expect(graph.operations.attention == Double(attention))
    _ = silu(x)
    #expect(graph.floatingPointOperations == products + attention)
  }

  @Test func `parameters are named by their path`() {
    let scope = Scope(graph)
    _ = (scope / "down" / "0").parameter("weight", shape: [3, 2], initial: .zeros)
    let value = (scope / "up").parameter("bias", shape: [3], initial: .ones)
    #expect(graph.parameters.map(\.name) == ["down.0.weight", "up.bias"])
    #expect(graph.parameters.map(\.count) == [6, 3])
    #expect("\(value)" == "up.bias (3)")
  }
}
