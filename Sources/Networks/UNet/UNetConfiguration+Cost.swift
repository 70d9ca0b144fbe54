internal import Graph

extension UNetConfiguration {
  /// Floating-point operations of one evaluation of one image, a multiplication and an addition
  /// counted as two: convolutions, linear maps and attention's two products. One training step
  /// takes three times as many.
  package func floatingPointOperations(width: Int, height: Int) -> Int {
    buildGraph(batch: 1, height: height, width: width, training: false).floatingPointOperations
  }
}
