package import Compiler
internal import Distributed

/// Brings the weights to all processes that each has updated a part of, while the next forward pass goes on.
package final class WeightGather {
  private let shards: ParameterShards
  private let weights: ParameterStore
  /// For each instruction the messages with weights that it reads.
  private let messages: [[Int]]
  /// Of the messages that have not been waited for.
  private var pending: [(any PendingOperation)?] = []

  /// - Parameter program: that reads the weights.
  package init(
    _ weights: ParameterStore, for program: Program, over shards: ParameterShards
  ) {
    (self.weights, self.shards) = (weights, shards)
    messages = program.schedule.instructions.map { instruction in
      instruction.parameters.flatMap { shards.messages(with: weights.layout.ranges[$0]) }
    }
  }

  /// Begins with the weights as they are.
  package func start() { pending = shards.startGather(weights) }

  /// Waits for the weights that an instruction reads.
  package func wait(before instruction: Int) {
    for message in messages[instruction] where !pending.isEmpty {
      pending[message]?.wait()
      pending[message] = nil
    }
  }

  /// Waits for all weights.
  package func finish() {
    for message in pending { message?.wait() }
    pending = []
  }
}
