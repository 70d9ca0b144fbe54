import ArgumentParser
import Stipple

/// A job on images that others are drawn from, as `generate --from` and `inpaint` run it.
struct EditingRun {
  let job: EditingJob
  let generator: Generator
  let common: CommonOptions

  func callAsFunction() throws {
    let (total, missing) = try job.survey(
      generator, report: common.dryRun ? Console.note : { _ in })
    if common.dryRun {
      try Console.note(
        "\(missing) of \(counted(total, "image")) to generate, \(generator.evaluations) NFE each; "
          + Progress.estimate(generator.estimatedSeconds(for: missing, batch: job.batch)))
      if common.json { try Console.result(BatchResult(missing: missing)) }
      return
    }
    Interrupts.listen()
    let progress = Progress("images", total: total)
    let outcome = try job.run(
      generator, progress: { done, _ in progress.update(done) },
      report: { progress.note($0) }, shouldStop: { Interrupts.isRequested })
    progress.clear()
    try BatchResult(outcome, of: total).finish(in: job.output, asJSON: common.json)
  }
}
