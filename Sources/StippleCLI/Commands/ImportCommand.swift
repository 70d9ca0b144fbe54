import ArgumentParser
import Stipple
import SystemPackage

/// `stipple import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a checkpoint of a diffusers network.",
    discussion: """
      Reads a folder of a UNet2DModel, or of a pipeline that has one, such as google/ddpm-cifar10-32: \
      config.json, diffusion_pytorch_model.safetensors and, where it is there, \
      scheduler_config.json.
      """)

  @Argument(help: "The folder with config.json, or with unet/config.json.")
  var folder: FilePath

  @Option(name: .shortAndLong, help: "The checkpoint to write.")
  var output: FilePath

  @Option(help: "Images' pixels as WIDTHxHEIGHT, or a number for a square. (default: sample_size)")
  var size: ImageSize?

  @Flag(help: "Replace the checkpoint if it exists.")
  var overwrite = false

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false

  func validate() throws { try check(size) }

  func run() throws {
    var gate = OutputGate(overwriting: overwrite, others: [folder])
    gate.add("-o", output, .tensors(.checkpoint))
    try gate.check()
    let network: DiffusersImport
    do {
      network = try DiffusersImport(reading: folder, size: size)
    } catch let error as ConversionError {
      // That the network cannot have the size is the flag's fault, where it is given.
      guard case .imageSize = error, size != nil else { throw error }
      throw ValidationError("--size: \(error)")
    }
    for note in network.notes { Console.note("\(folder): \(note)") }
    try network.write(to: output, overwriting: overwrite)
    let images = network.configuration.images
    Console.note(
      "\(output): images of \(images.width) x \(images.height), "
        + "\(counted(network.configuration.channels, "channel")); next: "
        + "stipple generate \(output) -o images -n 64 --grid grid.png")
    if json {
      try Console.result(
        Result(
          checkpoint: output.string, width: images.width, height: images.height,
          channels: network.configuration.channels, notes: network.notes))
    }
  }

  private struct Result: Encodable {
    let checkpoint: String
    let width, height, channels: Int
    let notes: [String]
  }
}
