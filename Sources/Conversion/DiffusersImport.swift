public import Checkpoints
internal import Compiler
internal import Diffusion
public import Files
public import Images
internal import Networks
public import SystemPackage

/// A diffusers folder on its way to a checkpoint: looked through first, written when asked.
///
/// ```swift
/// let network = try DiffusersImport(reading: "ddpm-cifar10-32")
/// try network.write(to: "cifar10.h5")
/// ```
public struct DiffusersImport: Sendable {
  /// What the checkpoint will say of the network.
  public let configuration: ModelConfiguration
  /// What was taken for granted, and what of the folder has no place in a checkpoint.
  public let notes: [String]
  private let path: FilePath
  private let folder: DiffusersFolder

  /// Reads the descriptions in a folder; its weights are read when they are written.
  ///
  /// - Parameter size: of the images; nil takes it from the folder.
  /// - Throws: `ConversionError`, or an error that names the file and the option at fault.
  public init(reading path: FilePath, size: ImageSize? = nil) throws {
    self.path = path
    folder = try DiffusersFolder(reading: path)
    let network = folder.configuration.network
    let variance = folder.scheduler.flatMap { ReverseVariance.trained(for: $0.variance) }
    let isLearned = variance?.isLearned == true
    guard network.outputChannels == network.inputChannels * (isLearned ? 2 : 1),
      [1, 3, 4].contains(network.inputChannels)
    else {
      throw ConversionError.channels(
        path, input: network.inputChannels, output: network.outputChannels)
    }
    let sampleSize = folder.configuration.sampleSize.map {
      ImageSize(width: $0.width, height: $0.height)
    }
    try SettingError.check(size)
    guard let size = size ?? sampleSize else { throw ConversionError.noImageSize(path) }
    do {
      try network.checkSize(width: size.width, height: size.height)
    } catch {
      throw ConversionError.imageSize(path, cause: "\(error)")
    }
    let schedule = try Self.schedule(folder.scheduler)
    let objective = folder.scheduler.map { Objective($0.prediction) } ?? .epsilon
    if schedule.reachesNoise && objective == .epsilon { throw ConversionError.noiseOfNoise(path) }
    if network.learnedTimestepCount != nil, schedule.isContinuous {
      throw ConversionError.timestepsOfPath(
        path, schedule: folder.scheduler?.className ?? schedule.kind.rawValue)
    }
    if let rows = network.learnedTimestepCount, rows < schedule.timesteps {
      throw ConversionError.learnedTimesteps(path, rows: rows, timesteps: schedule.timesteps)
    }
    var configuration = ModelConfiguration(
      network: network, schedule: schedule,
      objective: objective, variance: variance, width: size.width, height: size.height,
      classNames: folder.classNames)
    // As diffusers' DDIM does by default; a network that was exported from here keeps its own way.
    if folder.scheduler?.usesClippedOutput != true { configuration.usesClippedModelOutput = false }
    self.configuration = configuration
    notes = Self.notes(folder, schedule)
  }

  /// Writes the checkpoint, which has the weights twice: as the model and as its average.
  ///
  /// - Parameters:
  ///   - overwriting: whether a file that is there may be replaced.
  ///   - clocks: what tells when the checkpoint was written.
  /// - Throws: `ConversionError.exists` before anything is read, or what is wrong with the weights
  ///   or the disk; then `file` is as it was before.
  public func write(
    to file: FilePath, overwriting: Bool = false, clocks: Clocks = .system
  ) throws {
    if !overwriting, try Folders.exists(file) { throw ConversionError.exists(file) }
    let parameters = try folder.readParameters(on: Machine.backend)
    for tensor in parameters.namedTensors where !tensor.read({ $0.allSatisfy(\.isFinite) }) {
      throw ConversionError.notFinite(folder.weights, parameter: tensor.name)
    }
    try Folders.make(file.removingLastComponent())
    let header = CheckpointHeader(
      creator: Machine.creator, created: clocks.timestamp,
      config: try CheckpointConfiguration(model: configuration).json, step: 0, imagesSeen: 0,
      threads: Machine.threads, cpu: Machine.processor, oneDNNVersion: Machine.oneDNNVersion)
    let tensors = parameters.namedTensors
    try CheckpointFile.write(
      to: file, header, parts: [(.model, tensors), (.average, tensors)],
      history: TrainingHistory(), replacing: overwriting)
  }

  /// The folder's schedule; that of Ho et al. 2020 where it has none.
  private static func schedule(
    _ scheduler: DiffusersScheduler?
  ) throws(DiffusionError) -> NoiseSchedule.Configuration {
    guard let scheduler else { return .init() }
    let schedule = NoiseSchedule.Configuration(scheduler)
    try schedule.validate()
    return schedule
  }

  private static func notes(
    _ folder: DiffusersFolder, _ schedule: NoiseSchedule.Configuration
  ) -> [String] {
    var notes: [String] = []
    func note(unknown keys: [String], in file: String) {
      if keys.isEmpty { return }
      notes.append("\(file): ignored unknown keys: \(keys.joined(separator: ", "))")
    }
    note(unknown: folder.configuration.unknownKeys, in: "config.json")
    guard let scheduler = folder.scheduler else {
      notes.append(
        "no scheduler_config.json; assuming the DDPM schedule (Ho et al. 2020), "
          + "\(schedule.timesteps) timesteps, beta \(schedule.betaStart) to "
          + "\(schedule.betaEnd), epsilon prediction")
      return notes
    }
    note(unknown: scheduler.unknownKeys, in: "scheduler_config.json")
    if case .listed = scheduler.betas, schedule.kind != .listed {
      notes.append("trained_betas match the \(schedule.kind.rawValue) schedule")
    }
    if !scheduler.clips || scheduler.clipRange != 1 {
      notes.append(
        scheduler.clips
          ? "its scheduler clips predicted images to -\(scheduler.clipRange)...\(scheduler.clipRange), which generate does not: "
            + "its images differ"
          : "its scheduler does not clip predicted images to [-1, 1]: generate with "
            + "`threshold` none for the same images")
    }
    return notes
  }
}
