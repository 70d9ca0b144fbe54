import ArgumentParser
import Stipple
import SystemPackage

/// `stipple export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Make a folder that diffusers loads.",
    discussion: """
      In Python: UNet2DModel.from_pretrained(FOLDER), or DDPMPipeline.from_pretrained(FOLDER).
      """)

  @Argument(help: "A checkpoint, or a run folder, whose newest good checkpoint is taken.")
  var checkpoint: FilePath

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: FilePath

  @Option(help: "Which weights: ema (averaged over the training) or model (the last).")
  var weights = CheckpointWeights.ema

  @Flag(help: "Replace the files of an earlier export.")
  var overwrite = false

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false

  func validate() throws { try checkFolder(output, of: "a network is exported") }

  func run() throws {
    var gate = OutputGate(overwriting: overwrite, others: [checkpoint])
    gate.add("-o", output, .folder)
    try gate.check()
    let model = try DiffusionModel(checkpoint, weights: weights, report: Console.note)
    try model.exportDiffusers(to: output, overwriting: overwrite)
    Console.note(
      "\(output): the network after step \(model.step); in Python: "
        + "DDPMPipeline.from_pretrained(\"\(output)\")")
    if json {
      try Console.result(
        Result(folder: output.string, step: model.step, fingerprint: model.fingerprint))
    }
  }

  private struct Result: Encodable {
    let folder: String
    let step: Int
    let fingerprint: String
  }
}
