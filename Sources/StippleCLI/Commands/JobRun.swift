import Stipple
import SystemPackage

extension JobContext {
  /// How a command runs its job: with a line of progress, until a signal comes.
  init(_ processes: ProcessGroup, _ progress: ProgressByStage) {
    self.init(
      processes: processes,
      onEvent: { event in
        switch event {
        case .progress(let what, let done, let total, let part):
          progress.update(what, done, total, part: part)
        case .note(let line): progress.note(line)
        }
      }, shouldStop: { Interrupts.isRequested })
  }
}

extension Job {
  /// Runs the job for a command, on all of some processes.
  func run(_ model: Model, by processes: ProcessGroup) throws -> Outcome {
    Interrupts.listen()
    if processes.size > 1 { Console.note("\(processes)") }
    let progress = ProgressByStage()
    defer { progress.clear() }
    return try run(model, JobContext(processes, progress))
  }
}

/// A job that draws images, as commands run it: its plan, or its work with the last words and the exit status.
struct DrawingRun<Drawing: Job>
where Drawing.Model == Generator, Drawing.Plan == JobPlan, Drawing.Outcome == BatchOutcome {
  let job: Drawing
  let generator: Generator
  /// "image" or "frame".
  var thing = "image"
  let output: FilePath
  let batch: Int
  let common: CommonOptions
  let processes: ProcessGroup
  /// What is done with the outcome before the last words, on the first process.
  var onOutcome: (BatchOutcome) throws -> Void = { _ in }

  func callAsFunction() throws {
    if let remark = generator.remark { Console.note(remark) }
    if common.dryRun { return try processes.first { try tellPlan() } }
    let outcome = try job.run(generator, by: processes)
    try processes.first { try onOutcome(outcome) }
    try BatchResult(outcome)
      .finish(thing, in: output, asJSON: common.json, by: processes)
  }

  private func tellPlan() throws {
    let plan = try job.plan(generator, report: Console.note)
    try Console.note(
      "\(plan.missing) of \(counted(plan.total, thing)) to generate, \(generator.evaluations) NFE each; "
        + Progress.estimate(generator.estimatedSeconds(for: plan.work, batch: batch)))
    if common.json { try Console.result(BatchResult(missing: plan.missing)) }
  }
}
