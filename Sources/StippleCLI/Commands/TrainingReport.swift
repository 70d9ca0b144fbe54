import Stipple
import SystemPackage

/// What `stipple train --json` prints: of a run how it ended, of a dry run what is planned.
struct TrainingReport: Encodable {
  struct Images: Encodable {
    let failed: Int
    var width, height, channels: Int?
  }

  struct Train: Encodable {
    let step: Int
    /// Steps of this call, not of earlier ones that it resumed from.
    let newSteps: Int
    let seconds: Double
    let validationLoss: Double?
    let interrupted: Bool
    /// In the mean of the processes, where there are several.
    let waitingForProcessesPercent: Double?
  }

  struct Memory: Encodable {
    let plannedMegabytes, machineMegabytes: Int
  }

  /// What is done to save memory, and what could be.
  struct MemoryPlan: Encodable {
    /// Less memory, and how much longer steps then take.
    struct Trade: Encodable {
      let megabytes, batchParts: Int
      let slowdownPercent: Double
    }

    let slowdownPercent: Double
    let batchParts: Int
    let trades: [Trade]
  }

  /// Files of a kind: how large each is and how many there will be, where that is known.
  struct Files: Encodable {
    let megabytes: Double
    let count: Int?
  }

  /// Something that was chosen where the user left it open.
  struct Choice: Encodable {
    let name, value, reason: String
  }

  /// What commonly spoils a training.
  struct Warning: Encodable {
    let kind, text: String
  }

  struct FirstImages: Encodable {
    let steps: Int
    let seconds: Double?
  }

  struct Time: Encodable {
    struct Alternative: Encodable {
      let options: String
      let seconds: Double
    }

    let secondsPerStep: Double
    let rough: Bool
    let alternatives: [Alternative]
  }

  let run: String
  let images: Images
  var train: Train?
  var memory: Memory?
  var memoryPlan: MemoryPlan?
  var checkpoints, snapshots, recordings: Files?
  var time: Time?
  var choices: [Choice]?
  var firstImages: FirstImages?
  var disk: Disk?
  let warnings: [Warning]

  struct Disk: Encodable {
    let plannedMegabytes: Double
  }

  init(_ run: FilePath, _ outcome: TrainingOutcome, _ plan: TrainingPlan) {
    self.run = run.string
    warnings = Self.warnings(plan)
    images = Images(failed: outcome.unreadableImages)
    train = Train(
      step: outcome.step, newSteps: outcome.stepsNow, seconds: outcome.seconds,
      validationLoss: outcome.validationLoss, interrupted: outcome.wasInterrupted,
      waitingForProcessesPercent: outcome.waitingShare.map { 100 * $0 })
  }

  init(_ run: FilePath, _ plan: TrainingPlan, _ estimate: TrainingEstimate) {
    self.run = run.string
    warnings = Self.warnings(plan)
    choices = plan.choices.map {
      Choice(name: $0.name, value: $0.value, reason: FlagNames.written($0.reason))
    }
    firstImages = plan.stepsToFirstImages.map {
      FirstImages(steps: $0, seconds: estimate.secondsToFirstImages)
    }
    disk = Disk(plannedMegabytes: Double(plan.bytesOnDisk) / 1e6)
    let size = plan.configuration.images
    images = Images(
      failed: plan.unreadable, width: size.width, height: size.height,
      channels: plan.configuration.channels)
    memory = Memory(
      plannedMegabytes: plan.plannedBytes / 1_000_000,
      machineMegabytes: Machine.memoryBytes / 1_000_000)
    memoryPlan = MemoryPlan(
      slowdownPercent: 100 * plan.slowdown, batchParts: plan.batchParts,
      trades: plan.memoryTrades.map {
        .init(
          megabytes: $0.memory.bytes / 1_000_000, batchParts: $0.batchParts,
          slowdownPercent: 100 * $0.slowdown)
      })
    func files(_ bytes: Int, _ count: Int?) -> Files {
      Files(megabytes: Double(bytes) / 1e6, count: count)
    }
    checkpoints = files(plan.bytesPerCheckpoint, nil)
    if plan.bytesPerSnapshot > 0 { snapshots = files(plan.bytesPerSnapshot, plan.snapshotCount) }
    if plan.bytesPerRecording > 0 {
      recordings = files(plan.bytesPerRecording, plan.recordingCount)
    }
    time = Time(
      secondsPerStep: estimate.secondsPerStep, rough: estimate.isRough,
      alternatives: estimate.alternatives.map { .init(options: $0.flags, seconds: $0.seconds) })
  }

  private static func warnings(_ plan: TrainingPlan) -> [Warning] {
    plan.warnings.map { Warning(kind: $0.kind.rawValue, text: FlagNames.written($0.text)) }
  }
}
