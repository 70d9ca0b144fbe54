import ArgumentParser
import Stipple
import SystemPackage

/// `stipple export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Convert a checkpoint to a diffusers model.",
    usage: "stipple export CHECKPOINT -o FOLDER [options]",
    discussion: """
      In Python: UNet2DModel.from_pretrained(FOLDER), or
      DDPMPipeline.from_pretrained(FOLDER).
      """)

  @Argument(help: .text("Checkpoint file, or run folder (latest checkpoint).", "CHECKPOINT"))
  var checkpoint: FilePath

  @Option(name: .shortAndLong, help: .text("Output folder.", "FOLDER"))
  var output: FilePath

  @OptionGroup(title: "Output") var weights: WeightsOption
  @OptionGroup(title: "Output") var writing: OutputOptions

  func validate() throws { try checkFolder(output, of: "a network is exported") }

  func run() throws {
    var gate = OutputGate(overwriting: writing.overwrite, others: [checkpoint])
    gate.add("-o", output, .folder)
    try gate.check()
    let model = try DiffusionModel(checkpoint, weights: weights.weights, report: Console.note)
    try model.exportDiffusers(to: output, overwriting: writing.overwrite)
    Console.note(
      "\(output): model after step \(model.step); in Python: "
        + "DDPMPipeline.from_pretrained(\"\(output)\")")
    if writing.json {
      try Console.result(
        Result(
          export: .init(
            path: output.string, step: model.step, fingerprint: model.fingerprint)))
    }
  }

  private struct Result: Encodable {
    struct Export: Encodable {
      let path: String
      let step: Int
      let fingerprint: String
    }

    let export: Export
  }
}
