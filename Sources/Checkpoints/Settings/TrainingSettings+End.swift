internal import Text

extension TrainingSettings {
  /// How the learning rate runs.
  package var course: LearningRate {
    LearningRate(peak: learningRate, warmup: warmup, course: rate, total: steps)
  }

  /// What a change of the run's end does to its learning rate; nil where the end is the same.
  package func changeOfEnd(from old: TrainingSettings, at step: Int) -> String? {
    guard lastStep != old.lastStep else { return nil }
    func end(_ step: Int?) -> String { step.map { "step \($0)" } ?? "a time instead of a step" }
    let text = "the run ended at \(end(old.lastStep)) and now ends at \(end(lastStep))"
    guard rate == .cosine, step > 0 else { return "\(text); the learning rate does not change" }
    let (was, now) = (old.course(step - 1), course(step))
    let change =
      now > was * 1.000_001
      ? "rises again" : now < was * 0.999_999 ? "drops" : "continues as before"
    return
      "\(text): the cosine learning-rate schedule is stretched to the new length and \(change), from "
      + "\(Readable.number(was)) to \(Readable.number(now)) at step \(step)"
  }
}
