import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// `stipple ema`
struct EMACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ema",
    abstract: "Reconstruct an EMA profile after training (post-hoc EMA).",
    usage: "stipple ema RUN --length L -o FILE [options]",
    discussion: """
      Post-hoc EMA (Karras et al. 2024). The run must have been trained with
      --snapshot-every. The length sigma_rel is relative to the training length: 0.05
      is short, 0.25 long. Snapshots hold EMA profiles of 0.05 and 0.10; other lengths
      are their least-squares combination, with the error reported. More snapshots
      reduce it. The result is a checkpoint for the other commands.
      """)

  @Argument(help: .text("Run folder.", "RUN"))
  var folder: FilePath

  @Option(
    help: .text(
      "EMA length sigma_rel, relative to the training length.", "L", form: Self.lengths))
  var length: Double

  @Option(name: .shortAndLong, help: .text("Checkpoint file to write.", "FILE"))
  var output: FilePath

  @OptionGroup(title: "Run") var end: EndOptions
  @OptionGroup(title: "Output") var writing: OutputOptions

  /// Where the average ends, and whether it is made.
  struct EndOptions: ParsableArguments {
    @Option(help: .text("Training step of a snapshot.", "N", default: "latest snapshot"))
    var step: Int?

    @OptionGroup var trial: DryRunOption
  }

  /// "0.001 to 0.2886"
  private static var lengths: String {
    let range = PostHocAverage.lengths
    return "\(range.lowerBound) to \(range.upperBound)"
  }

  func run() throws {
    var gate = OutputGate(overwriting: writing.overwrite, others: [folder])
    gate.add("-o", output, .tensors(.checkpoint))
    try gate.check()
    let average = try PostHocAverage(
      of: RunFolder(folder), length: length, step: end.step, report: Console.note)
    let origin = average.origin
    let percent = String(format: "%.2g", 100 * origin.error)
    let what =
      "length \(length) at step \(average.step) from \(counted(origin.snapshots.count, "snapshot")), "
      + "error \(percent) %"
    var written = false
    if end.trial.dryRun {
      Console.note("to reconstruct: \(what)")
    } else {
      written = try average.write(to: output, overwriting: writing.overwrite)
      Console.note(
        written
          ? "\(output): \(what); next: "
            + NextStep.command(output, average.configuration)
          : "\(output) already exists: \(what)")
    }
    if writing.json {
      try Console.result(
        Result(
          checkpoint: .init(path: output.string, written: written, step: average.step),
          ema: origin, failures: average.failures))
    }
    if !average.failures.isEmpty { throw ExitCode(3) }
  }

  private struct Result: Encodable {
    struct Checkpoint: Encodable {
      let path: String
      let written: Bool
      let step: Int
    }

    let checkpoint: Checkpoint
    let ema: AverageOrigin
    let failures: [String]
  }
}
