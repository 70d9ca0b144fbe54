import Stipple
import Synchronization

/// A training run's progress line, told by whichever thread has news.
final class ProgressBox: Sendable {
  private struct State {
    var progress: Progress?
    var losses = Sparkline()
  }

  private let steps: Int?
  private let preview: Preview?
  private let state = Mutex(State())

  /// - Parameter preview: where pictures of samples are shown; nil for nowhere.
  init(_ settings: TrainingSettings, _ preview: Preview? = nil) {
    steps = settings.lastStep
    self.preview = preview
  }

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
        state.losses.add(step.loss)
        let losses = state.losses
        state.progress?.update(step.step, detail, more: Self.more(losses))
      case .samples(let path):
        guard let preview else { return }
        state.progress?.clear()
        preview.show(path)
      }
    }
  }

  func end() { state.withLock { $0.progress?.clear() } }

  /// ", 312 MB ▇▅▃▂▁": memory and the course of the loss.
  private static func more(_ losses: Sparkline) -> String {
    let course = Console.showsUnicode ? losses.text() : ""
    return ", \(Machine.amount(Int(1e6 * Machine.peakMegabytes)))"
      + (course.isEmpty ? "" : " " + course)
  }

  private static func rounded(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }
}
