package import Compute

extension UNetConfiguration {
  /// Floating-point operations of one evaluation of one image, a multiplication and an addition
  /// counted as two: convolutions, linear maps and attention's two products. One training step
  /// takes three times as many.
  package func floatingPointOperations(width: Int, height: Int) -> Int {
    buildGraph(batch: 1, height: height, width: width, training: false).floatingPointOperations
  }
}

extension Graph {
  /// Operations of all products of the graph, forward.
  package var floatingPointOperations: Int {
    nodes.reduce(0) { $0 + floatingPointOperations(of: $1) }
  }

  private func floatingPointOperations(of node: Node) -> Int {
    func elements(_ shape: [Int]) -> Int { shape.reduce(1, *) }
    switch node.operation {
    case .convolution, .linear:
      // Each element of the output is a sum over all of a filter.
      let filter = nodes[node.inputs[1]].shape.dropFirst()
      return 2 * elements(node.shape) * elements(Array(filter))
    case .attention:
      // Every token with every token: scores, then the mean of the values.
      let tokens = node.shape[1] * node.shape[2]
      return 2 * 2 * node.shape[0] * tokens * tokens * node.shape[3]
    default:
      return 0
    }
  }
}
