package import Compiler
package import Distributed

/// Averages gradients over all processes while the backward pass goes on (Li et al. 2020, "PyTorch
/// Distributed", section 3.2): each process gets the means of what it keeps up to date.
///
/// A message is sent when its last gradient is final, in an order that is the same on all ranks.
package final class GradientAverage {
  private let shards: ParameterShards
  private let type: TransferType
  private let gradients: ParameterStore
  private let sum: (store: ParameterStore, share: Float)?
  private let memory: UnsafeMutableBufferPointer<Float>
  private let finalGradients: [[Int]]
  /// In the order in which they are full, each after an instruction.
  private let messages: [(range: Range<Int>, last: Int)]
  /// Of the messages that have been sent in a step.
  private var pending: [any PendingOperation] = []

  /// - Parameters:
  ///   - gradients: of the last batch of a step.
  ///   - sum: to which they are added first, times a share, where a step has several batches.
  ///   - program: that computes them.
  package init(
    _ gradients: ParameterStore, addedTo sum: (store: ParameterStore, share: Float)?,
    of program: Program, over shards: ParameterShards, as type: TransferType
  ) {
    (self.gradients, self.sum, self.shards, self.type) = (gradients, sum, shards, type)
    memory = (sum?.store ?? gradients).changingMemory
    finalGradients = program.schedule.finalGradients
    var lasts = [Int](repeating: 0, count: gradients.layout.ranges.count)
    for (instruction, parameters) in finalGradients.enumerated() {
      for parameter in parameters { lasts[parameter] = instruction }
    }
    messages = shards.messages.map { message in
      let last = zip(gradients.layout.ranges, lasts).filter { $0.0.overlaps(message) }.map(\.1)
        .max()
      return (message, last ?? 0)
    }.sorted { ($0.last, $0.range.lowerBound) < ($1.last, $1.range.lowerBound) }
  }

  /// Takes the gradients that are final after an instruction, and sends the messages that are full.
  package func take(after instruction: Int) {
    if let sum {
      for parameter in finalGradients[instruction] {
        sum.store.add(gradients, times: sum.share, parameter)
      }
    }
    for message in messages[pending.count...].prefix(while: { $0.last <= instruction }) {
      pending.append(
        shards.ranks.startMean(
          UnsafeMutableBufferPointer(rebasing: memory[message.range]), as: type))
    }
  }

  /// Waits until the means are there, in place of the gradients.
  package func finish() {
    for mean in pending { mean.wait() }
    pending = []
  }
}
