import ArgumentParser
import Stipple
import SystemPackage

/// `stipple import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Convert a diffusers model to a checkpoint.",
    usage: "stipple import FOLDER -o FILE [options]",
    discussion: """
      The folder is a UNet2DModel, or a pipeline with one, such as
      google/ddpm-cifar10-32: config.json, diffusion_pytorch_model.safetensors and
      optionally scheduler_config.json.
      """)

  @Argument(help: .text("Folder with config.json or unet/config.json.", "FOLDER"))
  var folder: FilePath

  @Option(name: .shortAndLong, help: .text("Checkpoint file to write.", "FILE"))
  var output: FilePath

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Output") var writing: OutputOptions

  /// What the folder may not say.
  struct ModelOptions: ParsableArguments {
    @Option(help: .text("Image size.", "WxH", default: "sample_size in config.json"))
    var size: ImageSize?
  }

  func validate() throws { try check(model.size) }

  func run() throws {
    var gate = OutputGate(overwriting: writing.overwrite, others: [folder])
    gate.add("-o", output, .tensors(.checkpoint))
    try gate.check()
    let network: DiffusersImport
    do {
      network = try DiffusersImport(reading: folder, size: model.size)
    } catch let error as ConversionError {
      // That the network cannot have the size is the flag's fault, where it is given.
      guard case .imageSize = error, model.size != nil else { throw error }
      throw ValidationError("--size: \(error)")
    }
    for note in network.notes { Console.note("\(folder): \(note)") }
    try network.write(to: output, overwriting: writing.overwrite)
    let images = network.configuration.images
    Console.note(
      "\(output): images of \(images.width) x \(images.height), "
        + "\(counted(network.configuration.channels, "channel")); next: "
        + NextStep.command(output, network.configuration))
    if writing.json {
      try Console.result(
        Result(
          checkpoint: .init(
            path: output.string, width: images.width, height: images.height,
            channels: network.configuration.channels), notes: network.notes))
    }
  }

  private struct Result: Encodable {
    struct Checkpoint: Encodable {
      let path: String
      let width, height, channels: Int
    }

    let checkpoint: Checkpoint
    let notes: [String]
  }
}
