internal import Compiler
internal import Distributed
internal import Files

/// Averages gradients over all processes while the backward pass goes on (Li et al. 2020, "PyTorch
/// Distributed", section 3.2).
///
/// Parameters share messages in the order in which their gradients become final, which is the same on all
/// ranks.
final class GradientAverage {
  /// Elements of a message, or more by a part of a parameter: 4 MB in float32.
  private static let messageSize = 1 << 20

  private struct Message {
    var parameters: [Int] = []
    var count = 0
    /// Its place among the elements of all messages.
    var range = 0..<0
    var pending: (any PendingMean)?
  }

  private let ranks: any Communicator
  private let type: TransferType
  private let gradients: ParameterStore
  private let sum: (store: ParameterStore, share: Float)?
  private let finalGradients: [[Int]]
  private var messages = [Message()]
  private let elements: UnsafeMutableBufferPointer<Float>
  /// How much of the messages is filled, in a step.
  private var (filled, next) = (0, 0)

  /// - Parameters:
  ///   - gradients: of the last batch of a step.
  ///   - sum: to which they are added first, times a share, where a step has several batches.
  ///   - program: that computes them.
  init(
    _ gradients: ParameterStore, addedTo sum: (store: ParameterStore, share: Float)?,
    of program: Program, over ranks: any Communicator, as type: TransferType
  ) {
    (self.gradients, self.sum, self.ranks, self.type) = (gradients, sum, ranks, type)
    finalGradients = program.schedule.finalGradients
    var end = 0
    func close(_ message: inout Message) {
      // Each rank has a piece.
      let count = (message.count + ranks.size - 1) / ranks.size * ranks.size
      message.range = end..<(end + count)
      end += count
    }
    for parameter in finalGradients.joined() {
      if messages[messages.count - 1].count >= Self.messageSize {
        close(&messages[messages.count - 1])
        messages.append(Message())
      }
      messages[messages.count - 1].parameters.append(parameter)
      messages[messages.count - 1].count += gradients.layout.ranges[parameter].count
    }
    close(&messages[messages.count - 1])
    elements = .allocate(capacity: end)
    elements.initialize(repeating: 0)
  }

  deinit { elements.deallocate() }

  /// Takes the gradients that are final after an instruction, and sends a message when it is full.
  func take(after instruction: Int) {
    for parameter in finalGradients[instruction] {
      if let sum { sum.store.add(gradients, times: sum.share, parameter) }
      (sum?.store ?? gradients).read(parameter) { values in
        _ = UnsafeMutableBufferPointer(rebasing: elements[filled..<(filled + values.count)])
          .update(from: values)
        filled += values.count
      }
      if parameter == messages[next].parameters.last {
        let range = messages[next].range
        messages[next].pending = ranks.startMean(
          UnsafeMutableBufferPointer(rebasing: elements[range]), as: type)
        (filled, next) = (range.upperBound, next + 1)
      }
    }
    ranks.progress()
  }

  /// Waits for all means and puts them in place of the gradients.
  ///
  /// - Returns: how long it has waited.
  func finish(_ clocks: Clocks) -> Duration {
    var timeWaited = Duration.zero
    let target = sum?.store ?? gradients
    for index in messages.indices {
      timeWaited += clocks.measure { messages[index].pending?.wait() }
      messages[index].pending = nil
      var place = messages[index].range.lowerBound
      for parameter in messages[index].parameters {
        target.write(parameter) { values in
          _ = values.update(fromContentsOf: elements[place..<(place + values.count)])
          place += values.count
        }
      }
    }
    (filled, next) = (0, 0)
    return timeWaited
  }
}
