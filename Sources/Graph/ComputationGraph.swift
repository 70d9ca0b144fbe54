/// A network as values and the operations between them, in an order in which they can be computed.
///
/// Nothing is computed here: a `Program` is compiled from the graph. The same operation on the same
/// values gives the same node, so that layers may repeat a cheap expression freely.
package final class ComputationGraph {
  /// One operation applied to earlier nodes.
  package struct Node: Hashable, Sendable {
    package let operation: Operation
    /// Indices of the nodes it reads, all smaller than its own.
    package let inputs: [Int]
    /// (N, H, W, C), (N, C), (N), or a parameter's shape in PyTorch's axes.
    package let shape: [Int]
  }

  package private(set) var nodes: [Node] = []
  package private(set) var parameters: [Parameter] = []
  /// Output values by name, in the order in which they were named.
  package private(set) var outputs: [(name: String, node: Int)] = []
  private var known: [Node: Int] = [:]
  private var parameterNames: Set<String> = []
  private var dropoutSites = 0

  package init() {}

  /// Declares a tensor that is given before each run: (N, H, W, C), (N, C) or (N).
  package func input(_ name: String, _ shape: [Int]) -> Value {
    append(.input(name: name), [], shape)
  }

  /// Names a value whose contents can be read after a run.
  package func output(_ name: String, _ value: Value) {
    precondition(value.graph === self, "\(name): the value belongs to another graph")
    outputs.append((name, value.node))
  }

  func declare(_ parameter: Parameter) -> Value {
    precondition(
      parameterNames.insert(parameter.name).inserted, "\(parameter.name) is declared twice")
    parameters.append(parameter)
    return append(.parameter(parameters.count - 1), [], parameter.shape)
  }

  /// The node of `operation`, which is an earlier one where the same has been asked for before.
  func append(_ operation: Operation, _ inputs: [Value], _ shape: [Int]) -> Value {
    for input in inputs {
      precondition(input.graph === self, "\(operation): a value belongs to another graph")
    }
    let node = Node(operation: operation, inputs: inputs.map(\.node), shape: shape)
    if let index = known[node] { return Value(graph: self, node: index) }
    nodes.append(node)
    known[node] = nodes.count - 1
    return Value(graph: self, node: nodes.count - 1)
  }

  /// A number for the next dropout, so that no two draw the same mask.
  func nextDropoutSite() -> Int {
    defer { dropoutSites += 1 }
    return dropoutSites
  }
}

/// A node's handle.
package struct Value {
  package let graph: ComputationGraph
  package let node: Int

  /// (N, H, W, C), (N, C) or (N); a parameter's in PyTorch's axes.
  package var shape: [Int] { graph.nodes[node].shape }

  /// The number of channels, which is the last axis.
  package var channels: Int { shape.last ?? 0 }
}
