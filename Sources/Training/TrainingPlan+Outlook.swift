public import Checkpoints
internal import Images
internal import Reports
internal import Sampling
internal import Text

extension TrainingPlan {
  /// Images seen until pictures are recognizable: `tiny` in 800 steps of 16 on small images (BENCHMARKS.md,
  /// "Recipes").
  private static let imagesToFirst = 12_800

  /// Steps until images become recognizable, roughly; nil of a run that draws none, or goes on from a model.
  public var stepsToFirstImages: Int? { Self.stepsToFirstImages(settings, distilling: teacher) }

  static func stepsToFirstImages(
    _ settings: TrainingSettings, distilling teacher: DiffusionModel?
  ) -> Int? {
    if settings.isDenoiser || teacher != nil || settings.startFrom != nil { return nil }
    return stepsFromScratch(settings)
  }

  /// Steps until images become recognizable of a network that begins with random weights.
  private static func stepsFromScratch(_ settings: TrainingSettings) -> Int {
    let perStep = Double(settings.batch) * Double(settings.accumulate)
    return Int((Double(imagesToFirst) / perStep).rounded(.up))
  }

  /// Bytes that the run's folder takes at most, but for tables and pictures.
  public var bytesOnDisk: Int {
    Self.bytes(
      Double(checkpointsAtOnce) * Double(bytesPerCheckpoint) + Double(bytesOfSnapshots)
        + Double(bytesOfRecordings))
  }

  /// Makes sure that the checkpoints which will be there at one time, and all snapshots and recorded steps, have room where
  /// the run is, or will be.
  ///
  /// - Throws: `TrainingError.noSpace` with what is needed and what there is.
  public func requireSpace(in folder: RunFolder) throws {
    // The last ones, the best, and one that is being written.
    let all = settings.lastStep.map { ($0 - 1) / settings.checkpointEvery + 1 }
    let most = Double(min(settings.keep, all ?? settings.keep)) + 2
    let checkpoints = try max(1, most - Double(folder.checkpointSteps().count))
    let snapshots = try bytesOfSnapshots - folder.snapshotSteps().count * bytesPerSnapshot
    let recordings = try bytesOfRecordings - folder.recordedSteps().count * bytesPerRecording
    let needed = Self.bytes(
      checkpoints * Double(bytesPerCheckpoint) + Double(max(0, snapshots) + max(0, recordings)))
    guard let free = FreeSpace.bytes(around: folder.checkpoints), free < needed else { return }
    throw TrainingError.noSpace(folder.path, needed: needed, free: free)
  }

  /// Checkpoints that there are at once at most: those kept, the best one, and one that is being written.
  private var checkpointsAtOnce: Int { settings.keep > .max - 2 ? .max : settings.keep + 2 }

  /// What was chosen, what the run takes of memory and disk, when there is something to see, and what may be
  /// wrong: in lines for people.
  public var outlook: [String] {
    var table = TextTable(.left, .left, .left)
    for choice in choices { table.append("  " + choice.name, choice.value, "(\(choice.reason))") }
    return (choices.isEmpty ? [] : ["settings:"] + table.lines) + needs
      + [firstImages].compactMap(\.self) + warningLines
  }

  /// The warnings as they are told, logged and shown.
  private var warningLines: [String] { warnings.map { RunReport.warningPrefix + $0.text } }

  /// Memory and disk.
  private var needs: [String] {
    let size = Double(bytesPerCheckpoint / 100_000) / 10
    var lines = [
      "memory: about \(Readable.memory(Double(plannedBytes))); disk: about "
        + "\(Readable.memory(Double(bytesOnDisk))); checkpoints: \(size) MB each, "
        + "at most \(checkpointsAtOnce) at a time"
    ]
    func add(_ things: String, _ bytes: Int, _ count: Int?, _ all: Int) {
      func megabytes(_ bytes: Int) -> Double { (Double(bytes) / 1e4).rounded() / 100 }
      if bytes == 0 { return }
      let sum = count.map { "\($0) in all, \(megabytes(all)) MB" } ?? "all kept"
      lines.append("\(things): \(megabytes(bytes)) MB each, \(sum)")
    }
    add("EMA snapshots", bytesPerSnapshot, snapshotCount, bytesOfSnapshots)
    add("recorded batches", bytesPerRecording, recordingCount, bytesOfRecordings)
    return lines
  }

  private var firstImages: String? {
    guard let steps = stepsToFirstImages, !choices.isEmpty else { return nil }
    let seconds = estimated?.secondsToFirstImages.map { ", roughly \(durationInWords($0)) here" }
    return
      "first recognizable images: after about \(Readable.grouped(steps)) steps\(seconds ?? "") "
      + "(estimated from images of 32 x 32 pixels; larger or more varied ones take longer)"
  }

  /// Whether a new run takes so long that measuring its speed for a second is worth it.
  public var isWorthEstimating: Bool {
    if choices.isEmpty { return mayBeTooLong }
    if let time = settings.time, time.seconds < 120 { return false }
    // Of fine-tuning as many steps are worth it as of a training from scratch.
    let enough =
      settings.startFrom == nil ? stepsToFirstImages ?? .max : Self.stepsFromScratch(settings)
    return mayBeTooLong || settings.lastStep.map { $0 >= enough } ?? true
  }
}

extension TrainingSettings {
  /// A warning where a run ends before there can be much to see; nil where it does not.
  ///
  /// - Parameter first: steps until there is.
  func endsEarly(before first: Int?) -> TrainingWarning? {
    guard let first, let last = lastStep, last < first else { return nil }
    return TrainingWarning(
      kind: .fewSteps,
      text:
        "the run ends after \(counted(last, "step")), and images become recognizable after about "
        + "\(Readable.grouped(first)); use `steps` \(first) or more")
  }
}
