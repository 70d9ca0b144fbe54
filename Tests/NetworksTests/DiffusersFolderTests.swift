import CPU
import Compiler
import Foundation
import Graph
import Networks
import SystemPackage
import TestSupport
import Testing

@Suite struct DiffusersFolderTests {
  let folder: TemporaryFolder
  private let configuration = DiffusersConfiguration(
    network: UNetPreset.tiny.configuration(channels: 1), sampleSize: .init(height: 16, width: 16))
  private let scheduler = DiffusersScheduler(timesteps: 100, betas: .cosine)

  init() throws { folder = try TemporaryFolder() }

  private func export(
    to path: FilePath, _ scheduler: DiffusersScheduler? = nil, overwriting: Bool = false
  ) throws {
    let counts = Dictionary(
      uniqueKeysWithValues: configuration.network.parameters.map { ($0.name, $0.count) })
    try DiffusersFolder.write(
      configuration, scheduler: scheduler ?? self.scheduler, to: path, overwriting: overwriting
    ) { .init(repeating: 0.5, count: counts[$0] ?? 0) }
  }

  private func move(_ name: String, to newName: String) throws {
    try FileManager.default.createDirectory(
      atPath: (folder / newName).removingLastComponent().string,
      withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: (folder / name).string, toPath: (folder / newName).string)
  }

  @Test func `an export has the files that diffusers looks for`() throws {
    try export(to: folder / "out")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: (folder / "out").string).sorted() == [
        "config.json", "diffusion_pytorch_model.safetensors", "model_index.json",
        "scheduler_config.json",
      ])
    let read = try DiffusersFolder(reading: folder / "out")
    #expect(read.configuration == configuration)
    #expect(read.scheduler == scheduler)
  }

  @Test func `an export replaces nothing unasked`() throws {
    try Fixture.write("mine", to: folder / "config.json")
    #expect(
      Fixture.message(in: folder.path) { try export(to: folder.path) }
        == "config.json: not written: the file exists already; "
        + "give another name, or `overwrite` to replace it")
    #expect(try folder.names() == ["config.json"])
    try export(to: folder.path, overwriting: true)
    #expect(try DiffusersFolder(reading: folder.path).configuration == configuration)
  }

  @Test func `an export that fails leaves the earlier one whole`() throws {
    try export(to: folder / "out")
    let weights = "out/diffusion_pytorch_model.safetensors"
    try FileManager.default.removeItem(atPath: (folder / weights).string)
    try FileManager.default.createDirectory(
      atPath: (folder / "\(weights)/in the way").string, withIntermediateDirectories: true)
    let flow = DiffusersScheduler(timesteps: 10, betas: .flow, prediction: .flow)
    #expect(throws: (any Error).self) { try export(to: folder / "out", flow, overwriting: true) }
    #expect(FileManager.default.fileExists(atPath: (folder / "out/model_index.json").string))
  }

  @Test func `an export into what is no folder says so`() throws {
    try Fixture.write("mine", to: folder / "out")
    let message = Fixture.message(in: folder.path) { try export(to: folder / "out/a") }
    #expect(message == "out/a: the folder could not be made: Not a directory")
  }

  @Test func `a pipeline's folder and the network's within it give the same`() throws {
    try export(to: folder / "out")
    for name in ["config.json", "diffusion_pytorch_model.safetensors"] {
      try move("out/\(name)", to: "pipe/unet/\(name)")
    }
    try move("out/scheduler_config.json", to: "pipe/scheduler/scheduler_config.json")
    try move("out/model_index.json", to: "pipe/model_index.json")
    for name in ["pipe", "pipe/unet"] {
      let read = try DiffusersFolder(reading: folder / name)
      #expect(read.configuration == configuration)
      #expect(read.scheduler == scheduler)
    }
  }

  @Test func `without a scheduler's file there is none`() throws {
    try export(to: folder / "out")
    try FileManager.default.removeItem(atPath: (folder / "out/scheduler_config.json").string)
    #expect(try DiffusersFolder(reading: folder / "out").scheduler == nil)
  }

  @Test(arguments: ["diffusion_pytorch_model.bin", "pytorch_model.bin"])
  func `pickled weights are not read`(name: String) throws {
    try export(to: folder / "out")
    try move("out/diffusion_pytorch_model.safetensors", to: "out/\(name)")
    #expect(
      Fixture.message(in: folder.path) { _ = try DiffusersFolder(reading: folder / "out") }
        == "out/\(name): cannot be imported: a pickled file can run any program when it is read; "
        + "convert it to safetensors: in Python, UNet2DModel.from_pretrained(folder, "
        + "use_safetensors=False).save_pretrained(new_folder)")
  }

  @Test func `weights in several files are not read`() throws {
    try export(to: folder / "out")
    try move(
      "out/diffusion_pytorch_model.safetensors",
      to: "out/diffusion_pytorch_model.safetensors.index.json")
    let message = Fixture.message(in: folder.path) {
      _ = try DiffusersFolder(reading: folder / "out")
    }
    #expect(message.hasPrefix("out: cannot be imported: the weights are split over several files"))
  }

  @Test func `a network that no machine could store is refused by its file's tensors`() throws {
    try export(to: folder / "out")
    var network = configuration.network
    network.channelsPerLevel = .init(repeating: 16384, count: 12)
    network.attentionLevels = .init(repeating: true, count: 12)
    network.layersPerBlock = 32
    try Fixture.write(
      DiffusersConfiguration(network: network, sampleSize: nil).json.text(indented: true),
      to: folder / "out/config.json")
    let message = Fixture.message(in: folder.path) {
      _ = try DiffusersFolder(reading: folder / "out").readParameters(on: .cpu)
    }
    #expect(
      message.hasPrefix(
        "out/diffusion_pytorch_model.safetensors: does not hold this network's parameters: "
          + "conv_in.weight has shape 32 x 1 x 3 x 3, expected 16384 x 1 x 3 x 3, "))
  }

  @Test func `a folder without a network, and none at all, are named`() throws {
    #expect(
      Fixture.message(in: folder.path) { _ = try DiffusersFolder(reading: folder / "nowhere") }
        == "nowhere: could not be opened: No such file or directory")
    try FileManager.default.createDirectory(
      atPath: (folder / "out").string, withIntermediateDirectories: false)
    #expect(
      Fixture.message(in: folder.path) { _ = try DiffusersFolder(reading: folder / "out") }
        == "out: cannot be imported: neither config.json nor unet/config.json is there; give the "
        + "folder of a diffusers UNet2DModel or of a pipeline that has one")
  }

  @Test func `another kind of network is refused before its options are`() throws {
    try Fixture.write(
      #"{"_class_name": "UNet2DConditionModel", "act_fn": "gelu"}"#, to: folder / "config.json")
    #expect(
      Fixture.message(in: folder.path) { _ = try DiffusersFolder(reading: folder.path) }
        == #"config.json: _class_name: "UNet2DConditionModel" is not supported; UNet2DModel is"#)
  }
}
