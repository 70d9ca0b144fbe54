/// A place in the network's tree of layers; parameters declared in it are named by their path.
package struct Scope {
  package let graph: ComputationGraph
  /// The layers above, joined by dots; empty at the root.
  package let path: String

  /// The root of a graph's layers.
  package init(_ graph: ComputationGraph) {
    self.graph = graph
    path = ""
  }

  private init(_ graph: ComputationGraph, path: String) {
    self.graph = graph
    self.path = path
  }

  /// The scope named `name` within `scope`.
  package static func / (scope: Scope, name: String) -> Scope {
    Scope(scope.graph, path: scope.name(of: name))
  }

  /// Declares a parameter of this scope, its shape in PyTorch's axes.
  package func parameter(_ name: String, shape: [Int], initial: Initializer) -> Value {
    graph.declare(.init(name: self.name(of: name), shape: shape, initial: initial))
  }

  private func name(of child: String) -> String { path.isEmpty ? child : "\(path).\(child)" }
}
