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
  /// Operations of all products of the graph, forward; 10^18 where there are more.
  package var floatingPointOperations: Int {
    Int(min(nodes.reduce(0) { $0 + floatingPointOperations(of: $1) }, 1e18))
  }

  /// Real, as a configuration of a few bytes can ask for more than an integer counts.
  private func floatingPointOperations(of node: Node) -> Double {
    func elements(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }
    switch node.operation {
    case .convolution, .linear:
      // Each element of the output is a sum over all of a filter.
      let filter = nodes[node.inputs[1]].shape.dropFirst()
      return 2 * elements(node.shape) * elements(Array(filter))
    case .attention:
      // Every token with every token: scores, then the mean of the values.
      let tokens = elements([node.shape[1], node.shape[2]])
      return 2 * 2 * tokens * tokens * elements([node.shape[0], node.shape[3]])
    default:
      return 0
    }
  }
}
