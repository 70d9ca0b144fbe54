internal import Checkpoints
import Foundation
internal import SystemPackage
internal import Text

/// Where a run stands and what to do next, in two sentences and a few commands.
package struct Verdict: Equatable, Sendable {
  /// Something to do, and the command that does it.
  package struct Advice: Equatable, Sendable {
    package let purpose, command: String
  }

  package var sentences: [String] = []
  package var advice: [Advice] = []

  /// How the validation loss has changed of late.
  enum Trend: Equatable {
    /// There are too few figures.
    case unknown
    /// It has fallen by a part of itself over the last quarter of the steps.
    case falling(Double)
    case level
    /// It has risen by a part of its lowest value, which it had at a step.
    case rising(Double, since: Int)

    /// - Parameter measured: step and loss, as they were measured.
    init(_ measured: [(step: Int, loss: Double)]) {
      guard measured.count >= 4, let last = measured.last,
        let best = measured.min(by: { $0.loss < $1.loss }), best.loss > 0
      else {
        self = .unknown
        return
      }
      // One figure alone is shaken by chance.
      let recent = measured.suffix(max(1, measured.count / 8)).map(\.loss)
      let now = recent.reduce(0, +) / Double(recent.count)
      if now > best.loss * 1.02, Double(best.step) < 0.85 * Double(last.step) {
        self = .rising(now / best.loss - 1, since: best.step)
        return
      }
      let early = measured.filter { Double($0.step) <= 0.75 * Double(last.step) }
      guard let before = early.map(\.loss).min() else {
        self = .unknown
        return
      }
      let fall = (before - best.loss) / before
      self = fall > 0.005 ? .falling(fall) : .level
    }

    /// By what part distances of samples have fallen, where that is more than chance.
    var gain: Double? {
      if case .falling(let part) = self, part > 0.02 { part } else { nil }
    }

    var isFalling: Bool { if case .falling = self { true } else { false } }
    var isRising: Bool { if case .rising = self { true } else { false } }
  }

  package init(_ run: RunFacts) {
    let measured = run.validationLoss.pieces.map {
      (step: $0.last, loss: $0.mean)
    }
    let trend = Trend(measured)
    // The distance of samples to real images is a loss of another kind.
    let samples = Trend(
      run.quality[column: "sliced_wasserstein"].pieces.map { (step: $0.last, loss: $0.mean) })
    if let failure = run.log.failure {
      sentences = [
        "The last session ended with an error at step \(Readable.grouped(run.step)): \(failure)",
        "Train again with other settings, in another folder, unless the cause is gone.",
      ]
      return
    }
    if run.step == 0 {
      sentences = [
        "The run has not made a step yet.", "Its curves appear with the first checkpoint.",
      ]
    } else {
      sentences = [
        Self.state(run, measured),
        Self.outlook(run, trend, samples, hasValidation: !measured.isEmpty),
      ]
    }
    advise(run, trend, samples)
  }

  /// How far the run is, and how good.
  private static func state(_ run: RunFacts, _ measured: [(step: Int, loss: Double)]) -> String {
    let step = Readable.grouped(run.step)
    var text: String
    if run.isFinished {
      text = "The run is finished after \(step) step\(run.step == 1 ? "" : "s")"
    } else if let last = run.settings?.lastStep {
      let part = Int(100 * Double(run.step) / Double(max(1, last)))
      text = "The run is at step \(step) of \(Readable.grouped(last)) (\(part) %)"
    } else {
      text = "The run is at step \(step)"
      if let time = run.settings?.time, let seconds = run.seconds {
        text += ", after \(durationInWords(seconds)) of \(time)"
      }
    }
    if let last = measured.last, let best = measured.min(by: { $0.loss < $1.loss }) {
      text += ", with a validation loss of \(Readable.number(last.loss))"
      text +=
        best.step == last.step
        ? measured.count > 1 ? ", the lowest so far" : ""
        : " (lowest: \(Readable.number(best.loss)) at step \(Readable.grouped(best.step)))"
    } else if let loss = run.metrics[column: "loss"].mean(ofLast: 0.1) {
      text += ", with a training loss of \(Readable.number(loss))"
    }
    return text + "."
  }

  /// What that means for what comes.
  private static func outlook(
    _ run: RunFacts, _ trend: Trend, _ samples: Trend, hasValidation: Bool
  ) -> String {
    func percent(_ part: Double) -> String { String(format: "%.1f %%", 100 * part) }
    let use = run.isDenoiser ? "denoise your images" : "generate images"
    if let part = samples.gain, trend == .level || trend == .unknown {
      return (trend == .level ? "The validation loss has stopped falling, but the" : "The")
        + " distance of samples to real images still falls, by \(percent(part)) over the last quarter: "
        + (run.isFinished ? "train longer, or \(use) now." : "let the run go on.")
    }
    switch trend {
    case .falling(let part):
      return "The validation loss is still falling, by \(percent(part)) over the last quarter: "
        + (run.isFinished ? "train longer, or \(use) now." : "let the run go on.")
    case .level where samples == .level || samples.isRising:
      return
        "Neither the validation loss nor the distance of samples to real images falls any more: "
        + "more steps will gain little; \(use)."
    case .level:
      return "The validation loss has stopped falling: "
        + (run.isDenoiser
          ? "more steps will gain little; " : "the images may still become better; ")
        + "\(use) and look."
    case .rising(let part, let step):
      return "The validation loss has risen by \(percent(part)) since step "
        + "\(Readable.grouped(step)): the model begins to memorize its images; use the checkpoint "
        + "with the lowest loss, and train with more images or more dropout."
    case .unknown where !hasValidation && run.settings?.validation == 0:
      return "No images were kept for validation, so look at the samples: sharp copies of training "
        + "images mean that it has learned them by heart."
    case .unknown:
      return run.isFinished
        ? "There are too few validation losses to say whether more steps would help."
        : "There are too few validation losses yet to say where it goes: let the run go on."
    }
  }

  private mutating func advise(_ run: RunFacts, _ trend: Trend, _ samples: Trend) {
    let folder = ShellWord.quoted(run.folder.path.string)
    let images = run.log.images ?? "IMAGES"
    func add(_ purpose: String, _ command: String) {
      advice.append(Advice(purpose: purpose, command: command))
    }
    let teacher = run.settings?.distillation?.teacher
    let train =
      teacher.map { "stipple distill \(ShellWord.quoted($0)) \(images) -o \(folder)" }
      ?? "stipple train \(images) -o \(folder)"
    if !run.isFinished {
      add("Continue the run", train)
    } else if trend.isFalling || samples.gain != nil && !trend.isRising,
      let last = run.settings?.lastStep
    {
      let steps = teacher == nil ? "--steps" : "--training-steps"
      add("Train longer", "\(train) \(steps) \(last + last / 2)")
    }
    var model = folder
    if case .rising(_, let step) = trend, run.checkpoints.contains(where: { $0.step == step }) {
      model = ShellWord.quoted(run.folder.checkpoint(step: step).string)
    }
    if run.checkpoints.isEmpty { return }
    let outputs = ShellWord.quoted(run.folder.path.string + "-images")
    if run.isDenoiser {
      add("Denoise images", "stipple denoise IMAGES -o \(outputs) --model \(model)")
    } else {
      let classes = run.configuration?.needsClass == true ? " --class all" : ""
      add(
        "Generate images", "stipple generate \(model) -o \(outputs) -n 64\(classes) --grid grid.png"
      )
      if images != "IMAGES", !images.contains(" ") {
        add("Compare them with the training images", "stipple compare \(outputs) \(images)")
      }
    }
    add("Make a model file of it", "stipple export \(folder) -o model.h5")
  }
}
