public import Checkpoints
internal import Compiler
internal import Diffusion
public import Distributed
public import Files
internal import Graph
package import Images
internal import Networks
package import PNGCodec
internal import Sampling
public import SystemPackage
internal import Text

/// A training run before its first step: what the images are like, and what will be trained.
public struct TrainingPlan: Sendable {
  /// The settings, with size and channels settled.
  public let settings: TrainingSettings
  /// The network and its schedule.
  public let configuration: ModelConfiguration
  /// The model that is distilled, from whose weights the training begins; nil for a training from scratch.
  let teacher: DiffusionModel?
  /// Where the weights of a new run come from that does not begin with random ones.
  let start: StartingModel?
  /// What the images are like and what follows from it, in a few lines.
  public private(set) var summary: [String]
  /// What was chosen where the user left it open, and why; none of a run that goes on.
  public let choices: [TrainingChoice]
  /// What commonly spoils a training.
  public let warnings: [TrainingWarning]
  /// How long steps take, where that was measured.
  public var estimated: TrainingEstimate?
  /// How it is computed in the memory that it may take.
  private(set) var memory = TrainingMemory()
  /// Images that could not be read.
  public let unreadable: Int
  /// The processes that train together.
  public let processes: ProcessGroup
  /// The files and folders that were given.
  let inputs: [FilePath]
  /// Examples that are trained on instead of images; nil for images.
  let noised: StoredExamples?
  package let training: [ImageFile]
  package let validation: [ImageFile]
  /// The classes of the images; nil without classes.
  package let classes: FolderClasses?
  let format: PixelFormat
  /// Past which images are refused.
  let limits: PNGLimits
  let background: RGB
  /// Pixels of an image in its file, in the mean.
  let meanArea: Double
  /// Of the largest.
  let largestArea: Int

  /// Surveys the images and settles what the settings leave open.
  ///
  /// - Parameters:
  ///   - inputs: files and folders. Where stored examples are trained on, there may be none; those that
  ///     are given are measured on, as far as a training on them would keep them for that.
  ///   - run: where the run will be, which is not searched for images.
  ///   - isStrict: whether an unreadable image is an error.
  ///   - maxPixels: past which an image is refused before memory is taken; nil for 2^28.
  ///   - teacher: the model that is distilled, where the settings are of a distillation.
  ///   - start: the model that `startFrom` names, where it has been read.
  ///   - implying: the settings that imply the recipe, where none was named.
  ///   - processes: those that train together; all of them make the same plan.
  ///   - surveyTime: how long images are looked into; nil for as long as their budget of pixels lasts.
  ///   - clocks: what tells that time.
  public init(
    inputs: [FilePath], run: RunFolder, settings: TrainingSettings, isStrict: Bool = false,
    teacher: DiffusionModel? = nil, start: DiffusionModel? = nil,
    implying: [TrainingSettings.CodingKeys] = [], maxPixels: Int? = nil,
    surveyTime: Duration? = nil,
    processes: ProcessGroup = .alone,
    clocks: Clocks = .system
  ) throws {
    let hasWeights = try processes.communicator.share { try !run.checkpointSteps().isEmpty }
    try settings.validate(distilling: teacher, isBegun: hasWeights)
    try settings.requireForeignExamples(for: run)
    try RunSettings.check([.replay], of: settings, in: run)
    try settings.validate()
    let begun = try run.settings()
    try settings.validate(for: processes, isBegun: begun != nil)
    self.teacher = teacher
    self.inputs = inputs
    self.processes = processes
    try settings.requireSame(among: processes, run)
    var stored = try settings.storedExamples()
    if stored == nil && inputs.isEmpty {
      throw SettingError(
        "replay", cause: "no images given; give image folders, or `replay`")
    }
    let limits = PNGLimits(most: maxPixels)
    self.limits = limits
    let requested = settings.size ?? stored.map { ImageSize(width: $0.width, height: $0.height) }
    // The other processes look at nothing but what they train on.
    let found = try processes.communicator.share {
      try FoundImages(
        inputs, besides: run, size: requested, isStrict: isStrict, limits,
        showsTransparency: stored == nil ? settings : nil, for: surveyTime, clocks)
    }
    try processes.requireSeen(found.readable.map(\.path))
    let size = found.size
    try SettingError.check(size)
    let channels = settings.channels ?? stored?.channels ?? found.channels
    guard let format = PixelFormat(channels: channels) else {
      throw SettingError(
        "channels", cause: "images have 1, 3 or 4 channels, not \(channels)")
    }
    let chosen = try processes.communicator.share {
      try ChosenPreset(
        for: settings, begunWith: begun?.preset, size, channels: format.channels, clocks)
    }
    guard let preset = UNetPreset(rawValue: chosen.name) else {
      throw SettingError(
        "preset",
        cause: "unknown preset \(chosen.name); choose from "
          + TrainingSettings.presets.joined(separator: ", "))
    }
    guard let background = RGB(hexadecimal: settings.background) else {
      preconditionFailure("validated settings have a color")
    }
    var resolved = settings
    resolved.size = size
    resolved.channels = format.channels
    // Wherever the run goes on.
    resolved.replay = settings.replay.map { Place(FilePath($0)).path.string }
    resolved.preset = preset.rawValue
    let levels = try settings.levels(of: preset, size, begunWith: begun)
    resolved.levels = levels == preset.ownLevels ? nil : levels
    resolved.validationSplit = begun?.validationSplit ?? settings.validationSplit
    let split = ValidationSplit(
      fraction: resolved.validation, of: resolved.validationSplit == .each ? .each : .all)
    let (kept, measured) = found.isEmpty ? ([], []) : split.split(found.readable)
    training = stored == nil ? kept : []
    validation = measured
    try stored?.leaveOut(measured.map(\.relativePath.string))
    let augment =
      try settings.augment ?? begun?.augment
      ?? settings.usualAugment(images: training.count, stored: stored)
    resolved.augment = augment
    self.settings = resolved
    self.format = format
    self.background = background
    var network = preset.configuration(channels: format.channels, levels: levels)
    let hasClasses = settings.classes == .folders
    classes =
      hasClasses && !found.isEmpty
      ? try settings.folderClasses(
        of: found.readable, takenOverFrom: begun == nil ? start : nil, distilling: teacher)
      : nil
    let classNames = hasClasses ? stored?.classNames ?? classes?.names : nil
    if let classes, classes.names != classNames {
      throw SettingError(
        "classes", cause: "the class subfolders differ from the classes of \(settings.replay ?? "")"
      )
    }
    network.classCount = classNames.map { $0.count + (settings.classDropout > 0 ? 1 : 0) }
    if settings.variance == .learned { network.outputChannels = 2 * network.inputChannels }
    if settings.degradation != nil {
      network.inputChannels += ModelConfiguration.levelChannels(network.outputChannels)
    }
    if augment > 0 { network.augmentationLabels = Augmentation.labelCount }
    let own = ModelConfiguration(
      network: network, schedule: try settings.noiseSchedule(), objective: settings.objective,
      variance: settings.reverseVariance, width: size.width, height: size.height,
      noiseRange: settings.noiseRange, degradation: settings.degradation,
      classNames: classNames)
    configuration = try teacher.map { try settings.distilled($0, classNames: classNames) } ?? own
    if settings.rotate && size.width != size.height {
      throw SettingError(
        "rotate",
        cause: "images of \(size.width) x \(size.height) pixels are not square")
    }
    let configuration = configuration
    self.start =
      try hasWeights ? nil : settings.start(start, for: configuration, by: processes)
    try SettingError.blaming(settings.size) { try configuration.validate() }
    noised = try stored?.matched(to: configuration, resolved)
    unreadable = found.unreadable
    (meanArea, largestArea) = (found.meanArea, found.largestArea)
    let classList = classNames.map { "\(counted($0.count, "class")): \(Readable.list($0))" }
    let recipe = implying.isEmpty ? nil : settings.recipe.remark(impliedBy: implying)
    let remarks: [String?] = [
      chosen.cause, recipe, classList, try configuration.signalRemark,
      "machine: \(Machine.summary(threads: settings.threads))",
      processes.size == 1 ? nil : processes.summary(batch: settings.batch),
      self.start?.summary,
      resolved.distillation?.steps == 1 && configuration.objective == .epsilon
        ? "one step of a model that predicts noise gives little but noise: distill it for 2 sampling steps, or a model of "
          + "another `recipe`" : nil,
    ]
    let description = Self.description(
      configuration, resolved, stored, network: teacher == nil ? preset.rawValue : "of the model",
      training: training.count, validation: validation.count)
    summary = found.notes + description + remarks.compactMap(\.self)
    choices =
      begun == nil && teacher == nil
      ? TrainingChoice.all(
        resolved, asked: settings, chosen, found.facts,
        images: stored == nil ? training.count : nil,
        start: try self.start.map { try TrainingSettings(startingFrom: $0.model, named: "") },
        implying: implying)
      : []
    warnings =
      stored == nil
      ? Self.warnings(
        found.facts, resolved, asked: settings, size: size, training: training, classes: classes)
        + [resolved.endsEarly(before: Self.stepsToFirstImages(resolved, distilling: teacher))]
        .compactMap(\.self)
      : []
    if settings.untilGood {
      try SampleQuality.require(self)
    }
    if exampleCount < processes.size {
      throw DistributedError.tooFewImages(exampleCount, ranks: processes.size)
    }
    memory = fitted()
    summary += memoryNotes
  }

  /// How many images, or stored examples, there are to train on.
  var exampleCount: Int { noised?.count ?? training.count }

  private static func description(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings, _ stored: StoredExamples?,
    network name: String, training: Int, validation: Int
  ) -> [String] {
    let size = configuration.images
    let perStep = settings.batch * settings.accumulate
    let count = stored?.count ?? training
    let examples =
      stored.map { "\(counted(count, "training example")) from \($0.path)" }
      ?? counted(count, "training image")
    let epoch =
      count >= perStep
      ? "\(counted((count + perStep - 1) / perStep, "step")) per epoch"
      : "fewer than the batch size of \(perStep): images repeat within a step"
    let network = configuration.network
    let operations = 3 * network.floatingPointOperations(width: size.width, height: size.height)
    return [
      "\(examples), \(counted(validation, "validation image")); \(epoch)",
      """
      network \(name): \(Self.millions(network.parameterCount)) million parameters, \
      \(size.width) x \(size.height) pixels, \(counted(configuration.channels, "channel")), \
      \(Self.billions(operations)) Gflop per image and step
      """,
    ]
      + (configuration.network.augmentationLabels == nil || stored != nil
        ? []
        : [
          "augmentation: each transform with probability \(Readable.number(settings.augment ?? 0))"
        ])
  }

  private static func millions(_ count: Int) -> String {
    "\((Double(count) / 1e4).rounded() / 100)"
  }

  private static func billions(_ count: Int) -> String {
    "\((Double(count) / 1e8).rounded() / 10)"
  }

  /// Bytes of a checkpoint, but for its header and history: weights, average, two moments, and the
  /// averages of snapshots.
  public var bytesPerCheckpoint: Int {
    4 * 4 * configuration.network.parameterCount + bytesPerSnapshot
  }

  /// A digest of the names and sizes of the images that are trained on; nil where examples are stored.
  var imagesDigest: String? {
    if noised != nil { return nil }
    let facts = training.map { "\($0.relativePath) \($0.byteCount ?? 0)" }
    return Fingerprint.text(of: Array(facts.joined(separator: "\n").utf8))
  }

  /// How images are changed of which the network is told; nil for not at all.
  var augmentation: Augmentation? {
    guard let augment = settings.augment, augment > 0 else { return nil }
    return Augmentation(probability: augment)
  }

  /// The images that are trained on; nil where examples are stored.
  package var trainingImages: Dataset? {
    training.isEmpty ? nil : dataset(training, keeping: imageMemory)
  }

  /// Images as they are trained on.
  ///
  /// - Parameter memory: bytes of them that are kept; none of those that are read once.
  func dataset(_ files: [ImageFile], keeping memory: Int = 0) -> Dataset {
    Dataset(
      files,
      size: configuration.size,
      fit: settings.fit, format: format, background: background,
      memoryLimit: memory, limits: limits)
  }

  /// Images of the size of examples; with random crops their middle parts. What cannot be read is left out.
  package func examples(of files: [ImageFile]) -> [PixelImage] {
    if files.isEmpty { return [] }
    let dataset = dataset(files)
    // One after the other, since photographs may be large.
    return files.indices.compactMap { index in
      (try? dataset.image(at: index))?.middle(of: configuration.size)
    }
  }
}

extension TrainingSettings {
  /// Makes sure that each setting makes sense by itself.
  func validate() throws(SettingError) {
    func require(_ holds: Bool, _ name: CodingKeys, _ cause: String) throws(SettingError) {
      if !holds { throw SettingError(name.rawValue, cause: cause) }
    }
    if let fault { throw SettingError(fault.setting.rawValue, cause: fault.cause) }
    try precision.training.checkSupport()
    try validateDiffusion()
    try validateReplay()
    try validateDegradation()
    try require(
      augment ?? 0 == 0 || noiseRange == nil, .augment, "cannot be combined with `noise-range`")
  }
}

extension TrainingSettings {
  /// The classes of images by their folders.
  ///
  /// - Parameters:
  ///   - start: the model that a new run starts from, whose classes make images need some.
  ///   - teacher: the model that is distilled, whose classes they have to be.
  fileprivate func folderClasses(
    of files: [ImageFile], takenOverFrom start: DiffusionModel?, distilling teacher: DiffusionModel?
  ) throws -> FolderClasses {
    do throws(SettingError) {
      return try FolderClasses(files)
    } catch {
      if let classes = teacher?.configuration.classNames {
        throw TrainingError.otherClasses([], model: classes)
      }
      guard let start, start.configuration.network.isClassConditional else { throw error }
      throw SettingError(
        error.setting,
        cause: "\(error.cause); or give `classes` none, since the classes are taken over from "
          + (startFrom ?? "the model"))
    }
  }

  /// The weights of a new run's beginning; nil where they are random.
  fileprivate func start(
    _ read: DiffusionModel?, for configuration: ModelConfiguration, by processes: ProcessGroup
  ) throws -> StartingModel? {
    guard let startFrom else { return nil }
    let model = try read ?? .read(FilePath(startFrom), by: processes)
    return try StartingModel(model, named: startFrom, for: configuration, preset: preset)
  }
}
