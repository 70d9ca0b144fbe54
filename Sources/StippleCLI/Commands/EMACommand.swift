import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// `stipple ema`
struct EMACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ema",
    abstract: "Put an average of the weights of any length together after a training.",
    discussion: """
      For a run with --snapshot-every. An average's length is the deviation of the steps that it is of, \
      as a part of all steps (sigma_rel of Karras et al. 2024): 0.05 forgets fast, 0.25 hardly ever. \
      Snapshots hold two averages, of lengths 0.05 and 0.10; others are sums of them by least squares, \
      and it is told how near the steps' shares come to those of the length asked for. More snapshots \
      come nearer. The checkpoint is for generate, denoise, evaluate and export; training goes on from \
      the run's own.
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: FilePath

  @Option(help: "The length, up to 0.2886.")
  var length: Double

  @Option(name: .shortAndLong, help: "The checkpoint to write.")
  var output: FilePath

  @Option(help: "The last step that the average is of, one of a snapshot. (default: the newest)")
  var step: Int?

  @OptionGroup var writing: OverwriteOption

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false

  func run() throws {
    var gate = OutputGate(overwriting: writing.overwrite, others: [folder])
    gate.add("-o", output, .tensors(.checkpoint))
    try gate.check()
    let average = try PostHocAverage(
      of: RunFolder(folder), length: length, step: step, report: Console.note)
    let origin = average.origin
    let percent = String(format: "%.2g", 100 * origin.error)
    let what =
      "length \(length) at step \(average.step) from \(counted(origin.snapshots.count, "snapshot")), "
      + "the steps' shares to \(percent) %"
    var written = false
    if dryRun {
      Console.note("to be put together: \(what)")
    } else {
      written = try average.write(to: output, overwriting: writing.overwrite)
      Console.note(
        written
          ? "\(output): \(what); next: stipple generate \(output) -o images -n 64 --grid grid.png"
          : "\(output) is there already: \(what)")
    }
    if json {
      try Console.result(
        Result(
          checkpoint: output.string, written: written, step: average.step, average: origin,
          failed: average.failures))
    }
    if !average.failures.isEmpty { throw ExitCode(3) }
  }

  private struct Result: Encodable {
    let checkpoint: String
    let written: Bool
    let step: Int
    let average: PostHocAverage.Origin
    let failed: [String]
  }
}
