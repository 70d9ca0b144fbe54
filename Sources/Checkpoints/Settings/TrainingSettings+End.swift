internal import Text

extension TrainingSettings {
  /// The learning rate of each step.
  package var learningRates: LearningRate {
    LearningRate(
      peak: learningRate, warmup: warmup, schedule: learningRateSchedule, total: lastStep,
      time: time?.seconds)
  }

  /// What a change of the run's end does to its learning rate; nil where the end is the same.
  package func changeOfEnd(from old: TrainingSettings, at state: TrainingState) -> String? {
    guard (lastStep, time) != (old.lastStep, old.time) else { return nil }
    let step = state.step
    let text = "the run was to end \(old.end) and now ends \(end)"
    guard learningRateSchedule == .cosine else {
      return "\(text); the learning rate does not change"
    }
    let stretched = "\(text): the cosine learning-rate schedule is fitted to the new length"
    // The warm-up is the same of every length.
    if step < warmup { return stretched }
    let (was, now) = (
      old.learningRates(step, seconds: state.seconds), learningRates(step, seconds: state.seconds)
    )
    let isSame = Readable.number(was) == Readable.number(now)
    let change = isSame ? "continues as before" : now > was ? "rises again" : "drops"
    return
      "\(stretched) and \(change), from \(Readable.number(was)) to \(Readable.number(now)) at step "
      + "\(step)"
  }

  /// When the run ends, in words.
  private var end: String {
    [lastStep.map { "at step \($0)" }, time.map { "after \($0)" }].compactMap(\.self)
      .joined(separator: " or ")
  }
}
