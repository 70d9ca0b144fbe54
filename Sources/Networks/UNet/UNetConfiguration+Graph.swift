package import Graph

extension UNetConfiguration {
  /// The network as a graph for batches of one size.
  ///
  /// Inputs are "x" (N, H, W, I), "t" (N) and, for a network that is told a class, "classes" (N); the
  /// output is "y" (N, H, W, O). For training there are also the inputs "target" (N, H, W, O) and
  /// "weight" (N) and the output "loss" (N), and dropout is at work; a network that is told of augmentation has
  /// "augmentation" (N, labels) too. A network that learns variances, with
  /// O = 2 I, has "image" (N, H, W, I) and "coefficients" (N, 6) of `hybridLoss` in place of the weight.
  /// The parameters and their order are the same for every size, so that one set of weights serves all
  /// graphs of a configuration.
  ///
  /// The configuration has passed `validate()` and the size `checkSize(width:height:)`.
  package func buildGraph(batch: Int, height: Int, width: Int, training: Bool) -> ComputationGraph {
    let graph = ComputationGraph()
    var configuration = self
    if !training { configuration.dropout = 0 }
    let network = UNet(Scope(graph), configuration)
    let y = network(
      graph.input("x", [batch, height, width, inputChannels]),
      timesteps: graph.input("t", [batch]),
      classes: isClassConditional ? graph.input("classes", [batch]) : nil,
      augmentation: training
        ? augmentationLabels.map { graph.input("augmentation", [batch, $0]) } : nil)
    graph.output("y", y)
    if training {
      if outputChannels != 2 * inputChannels {
        let target = graph.input("target", y.shape)
        let weight = graph.input("weight", [batch])
        graph.output("loss", meanSquaredError(y, target, weight: weight))
      } else {
        let target = graph.input("target", [batch, height, width, inputChannels])
        let image = graph.input("image", target.shape)
        let coefficients = graph.input("coefficients", [batch, 6])
        graph.output("loss", hybridLoss(y, target, image: image, coefficients: coefficients))
      }
    }
    return graph
  }

  /// The network's parameters, whatever the size of images.
  package var parameters: [Parameter] {
    let graph = ComputationGraph()
    _ = UNet(Scope(graph), self)
    return graph.parameters
  }

  /// How many numbers are learned.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}
