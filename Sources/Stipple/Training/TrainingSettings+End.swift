extension TrainingSettings {
  /// How the learning rate runs.
  var course: LearningRate {
    LearningRate(peak: learningRate, warmup: warmup, course: rate, total: steps)
  }

  /// What a change of the run's end does to its learning rate; nil where the end is the same.
  func changeOfEnd(from old: TrainingSettings, at step: Int) -> String? {
    guard lastStep != old.lastStep else { return nil }
    func end(_ step: Int?) -> String { step.map { "step \($0)" } ?? "no step, but a time" }
    let text = "the run ended at \(end(old.lastStep)) and now ends at \(end(lastStep))"
    guard rate == .cosine, step > 0 else { return "\(text); the learning rate is as it was" }
    let (was, now) = (old.course(step - 1), course(step))
    let change =
      now > was * 1.000_001
      ? "goes up again" : now < was * 0.999_999 ? "drops" : "goes on as it was"
    return
      "\(text): the cosine learning rate is stretched over the new length and \(change), from "
      + "\(Readable.number(was)) to \(Readable.number(now)) at step \(step)"
  }
}
