extension ComputationGraph {
  /// Multiplications and additions of all products of the graph, forward; 10^18 where there are more.
  package var floatingPointOperations: Int {
    let (products, attention) = operations
    return Int(min(products + attention, 1e18))
  }

  /// Operations of convolutions and linear maps, and those of attention's two products, which run at
  /// another speed. Real, as a configuration of a few bytes can ask for more than an integer counts.
  package var operations: (products: Double, attention: Double) {
    var (products, attention) = (0.0, 0.0)
    for node in nodes {
      let cost = cost(of: node)
      if case .attention = node.operation { attention += cost } else { products += cost }
    }
    return (products, attention)
  }

  /// Multiplications and additions of one node's products; 0 of what is bound by memory.
  func cost(of node: Node) -> Double {
    func elements(_ shape: some Sequence<Int>) -> Double { shape.reduce(1) { $0 * Double($1) } }
    switch node.operation {
    case .convolution, .linear:
      // Each element of the output is a sum over all of a filter.
      return 2 * elements(node.shape) * elements(nodes[node.inputs[1]].shape.dropFirst())
    case .attention:
      // Every token with every token: scores, then the mean of the values.
      let tokens = elements(node.shape[1...2])
      return 2 * 2 * tokens * tokens * elements([node.shape[0], node.shape[3]])
    case .input, .parameter, .groupNorm, .layerNorm, .silu, .add, .addShift, .concatenate,
      .upsampleNearest, .pixelUnshuffle, .pixelShuffle, .timestepEmbedding, .embedding, .dropout,
      .meanSquaredError, .hybridLoss:
      return 0
    }
  }
}
