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
    let (products, attention) = operations
    return Int(min(products + attention, 1e18))
  }

  /// Operations of convolutions and linear maps, and those of attention's two products, which run at
  /// another speed. Real, as a configuration of a few bytes can ask for more than an integer counts.
  package var operations: (products: Double, attention: Double) {
    func elements(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }
    var (products, attention) = (0.0, 0.0)
    for node in nodes {
      switch node.operation {
      case .convolution, .linear:
        // Each element of the output is a sum over all of a filter.
        let filter = nodes[node.inputs[1]].shape.dropFirst()
        products += 2 * elements(node.shape) * elements(Array(filter))
      case .attention:
        // Every token with every token: scores, then the mean of the values.
        let tokens = elements([node.shape[1], node.shape[2]])
        attention += 2 * 2 * tokens * tokens * elements([node.shape[0], node.shape[3]])
      default: break
      }
    }
    return (products, attention)
  }
}
