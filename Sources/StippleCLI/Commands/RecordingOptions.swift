import ArgumentParser
import Stipple
import SystemPackage

/// Recorded training batches, written or trained on, as flags.
struct RecordingOptions: ParsableArguments {
  @Option(
    name: [.customLong("record-batches"), .customLong("record-noised")], help: .setting(.recording))
  var recordBatches: Recording?
  @Option(name: [.customLong("replay"), .customLong("noised")], help: .setting(.noised))
  var replay: FilePath?

  /// Begins the settings of a new run with what the examples say that it is to be trained on.
  func adopt(into settings: inout TrainingSettings, configured: String?) throws {
    if let path = replay ?? configured.map({ FilePath($0) }) { try settings.adopt(noised: path) }
  }

  /// Takes the flags that are given into account.
  func apply(to settings: inout TrainingSettings) {
    if let recordBatches { settings.recording = recordBatches }
    if let replay { settings.noised = replay.string }
  }
}

extension Recording: @retroactive ExpressibleByArgument {
  /// Reads what a user writes.
  public init?(argument: String) { self.init(argument) }
}
