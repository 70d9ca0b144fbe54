import Stipple
import Synchronization

/// A training run's progress line, told by whichever thread has news.
final class ProgressBox: Sendable {
  private struct State {
    var progress: Progress?
  }

  private let steps: Int?
  private let state = Mutex(State())

  init(_ settings: TrainingSettings) { steps = settings.lastStep }

  func show(_ event: TrainingEvent) {
    state.withLock { state in
      switch event {
      case .note(let text):
        if let progress = state.progress { progress.note(text) } else { Console.note(text) }
      case .step(let step):
        if state.progress == nil {
          state.progress = Progress("steps", total: steps, first: step.step - 1)
        }
        var detail =
          "loss \(Self.rounded(step.loss, 4)), \(Self.rounded(step.imagesPerSecond, 1)) images/s"
        if let time = step.time {
          detail += ", \(Progress.duration(max(0, time - step.seconds))) left"
        }
        state.progress?.update(step.step, detail)
      }
    }
  }

  func end() { state.withLock { $0.progress?.clear() } }

  private static func rounded(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }
}
