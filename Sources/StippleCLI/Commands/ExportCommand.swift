import ArgumentParser
import Stipple
import SystemPackage

/// `stipple export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Convert a checkpoint to a model file or a diffusers model.",
    usage: "stipple export CHECKPOINT -o PATH [options]",
    discussion: """
      A folder is a diffusers model. In Python: UNet2DModel.from_pretrained(FOLDER),
      or DDPMPipeline.from_pretrained(FOLDER). For schedule flow the scheduler is
      FlowMatchEulerDiscreteScheduler, for edm EDMEulerScheduler, and for distilled
      edm models CMStochasticIterativeScheduler, each by from_pretrained(FOLDER).

      FILE.h5 is a model file, a small checkpoint for use: one set of weights, the
      configuration and the model card, without what is needed to resume training.
      """)

  @Argument(
    help: .text("Checkpoint file, run folder (latest checkpoint) or model name.", "CHECKPOINT"))
  var checkpoint: FilePath

  @Option(
    name: .shortAndLong, help: .text("Output: a folder, or FILE.h5 for a model file.", "PATH"))
  var output: FilePath

  @OptionGroup(title: "Output") var weights: WeightsOption
  @OptionGroup(title: "Output") var file: FileOptions
  @OptionGroup(title: "Output") var writing: OutputOptions

  /// What is in a model file.
  struct FileOptions: ParsableArguments {
    @Option(
      help: .text("Element type of a model file.", "TYPE", default: WeightType.float16.rawValue))
    var dtype: WeightType?

    @Option(help: .text("Model card (Markdown) to store in a model file.", "FILE"))
    var card: FilePath?
  }

  /// Whether a model file is written.
  private var isFile: Bool { ["h5", "hdf5"].contains(output.extension?.lowercased()) }

  func validate() throws {
    if isFile { return }
    try checkFolder(output, of: "a network is exported")
    for (name, isGiven) in [("dtype", file.dtype != nil), ("card", file.card != nil)] where isGiven
    {
      throw ValidationError("--\(name): only for a model file; give one, such as -o \(output).h5")
    }
  }

  func run() throws {
    var gate = OutputGate(overwriting: writing.overwrite, others: [checkpoint, file.card])
    gate.add("-o", output, isFile ? .tensors(.checkpoint) : .folder)
    try gate.check()
    let card = try file.card.map(ModelCard.init(reading:))
    let model = try DiffusionModel(checkpoint, weights: weights.weights, report: Console.note)
    let fingerprint: String
    if isFile {
      let type = file.dtype ?? .float16
      try model.exportModel(to: output, as: type, card: card, overwriting: writing.overwrite)
      // As those see it who use it.
      fingerprint = try DiffusionModel(output).fingerprint
      Console.note(
        "\(output): model after step \(model.step), \(type.rawValue)"
          + (model.card == nil && card == nil ? ", without a model card" : ""))
    } else {
      let inPython = try model.exportDiffusers(to: output, overwriting: writing.overwrite)
      fingerprint = model.fingerprint
      Console.note("\(output): model after step \(model.step); in Python: \(inPython)")
      if model.configuration.isDenoiser {
        Console.note(
          "\(output): it denoises and draws no images; which noise it was trained on is not kept")
      }
    }
    if writing.json {
      try Console.result(
        Result(
          export: .init(path: output.string, step: model.step, fingerprint: fingerprint)))
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

extension WeightType: @retroactive ExpressibleByArgument {}
