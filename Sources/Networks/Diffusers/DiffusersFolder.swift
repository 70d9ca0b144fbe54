package import Compiler
internal import Graph
package import SystemPackage

/// A diffusers folder that has been looked through: where its network is and how it was trained.
///
/// Both layouts are known: a network's own folder, with the scheduler's file in it or in
/// `../scheduler/`, and a pipeline's folder, which has the network in `unet/`.
package struct DiffusersFolder: Equatable, Sendable {
  package let configuration: DiffusersConfiguration
  /// nil where there is no scheduler's file.
  package let scheduler: DiffusersScheduler?
  /// What the network's classes are called, in a file that diffusers has no use for; nil without it.
  package let classNames: [String]?
  /// The safetensors file.
  package let weights: FilePath

  static let configurationName = "config.json"
  static let schedulerName = "scheduler_config.json"
  static let classesName = "class_names.json"
  static let weightsName = "diffusion_pytorch_model.safetensors"

  /// Finds and reads the descriptions in `folder`; the weights are only located.
  ///
  /// - Throws: `NetworkError` where the folder holds no network, or one that cannot be built, or
  ///   weights only in a form that would have to be run to be read.
  package init(reading folder: FilePath) throws(NetworkError) {
    let network = try Self.networkFolder(in: folder)
    let path = network.appending(Self.configurationName)
    try Self.checkClass(path)
    configuration = try DiffusersConfiguration(reading: path)
    let schedulerPaths = [
      network.appending(Self.schedulerName),
      network.appending("..").appending("scheduler").appending(Self.schedulerName),
      folder.appending("scheduler").appending(Self.schedulerName),
    ]
    var scheduler: DiffusersScheduler?
    for path in schedulerPaths where scheduler == nil {
      if try FileReading.exists(path) { scheduler = try DiffusersScheduler(reading: path) }
    }
    self.scheduler = scheduler
    classNames = try Self.classNames(network.appending(Self.classesName), configuration.network)
    weights = try Self.weights(in: network)
  }

  /// Reads the weights.
  ///
  /// Memory is taken only once the file is known to hold the network that the configuration
  /// describes: a few bytes of JSON can describe one that no machine could store.
  package func readParameters(on backend: any Backend) throws -> ParameterStore {
    let file = try SafetensorsFile(weights)
    let declarations = configuration.network.parameters
    try file.check(declarations)
    let store = try ParameterStore(declarations, on: backend)
    try file.read(declarations) { store[$0.name] = $1 }
    return store
  }

  private static func networkFolder(in folder: FilePath) throws(NetworkError) -> FilePath {
    for candidate in [folder, folder.appending("unet")] {
      if try FileReading.exists(candidate.appending(configurationName)) { return candidate }
    }
    guard try FileReading.exists(folder) else {
      throw .file(folder, failure: "could not be opened", cause: "\(Errno.noSuchFileOrDirectory)")
    }
    throw .folder(
      folder, cause: "neither config.json nor unet/config.json is there",
      remedy: "give the folder of a diffusers UNet2DModel or of a pipeline that has one")
  }

  private static func classNames(
    _ path: FilePath, _ network: UNetConfiguration
  ) throws(NetworkError) -> [String]? {
    if try !FileReading.exists(path) { return nil }
    var options = try OptionReader(file: path)
    let names = try options.strings("class_names", default: [])
    // There is one more where images of no class are known.
    guard let count = network.classCount, [count, count - 1].contains(names.count),
      Set(names).count == names.count
    else {
      throw .option(
        path, key: "class_names",
        problem: "\(names.count) names for \(network.classCount ?? 0) classes, or one of them twice"
      )
    }
    return names
  }

  private static func checkClass(_ path: FilePath) throws(NetworkError) {
    var options = try OptionReader(file: path)
    let name = try options.string("_class_name", default: "UNet2DModel")
    guard name == "UNet2DModel" || name == "UNetUnconditionalModel" else {
      throw .unsupported(
        path, key: "_class_name", value: JSON.string(name).summary, supported: "UNet2DModel is")
    }
  }

  private static func weights(in folder: FilePath) throws(NetworkError) -> FilePath {
    let weights = folder.appending(weightsName)
    if try FileReading.exists(weights) { return weights }
    if try FileReading.exists(folder.appending("\(weightsName).index.json")) {
      throw .folder(
        folder, cause: "the weights are split over several files",
        remedy: "save them in one with save_pretrained(folder, max_shard_size=\"100GB\")")
    }
    for name in ["diffusion_pytorch_model.bin", "pytorch_model.bin"] {
      guard try FileReading.exists(folder.appending(name)) else { continue }
      throw .folder(
        folder.appending(name), cause: "a pickled file can run any program when it is read",
        remedy: "convert it to safetensors: in Python, UNet2DModel.from_pretrained(folder, "
          + "use_safetensors=False).save_pretrained(new_folder)")
    }
    throw .folder(folder, cause: "\(weightsName) is not there", remedy: "put it beside config.json")
  }
}
