public import Checkpoints
internal import Files
internal import Reports
public import SystemPackage

// What is in a run folder's places before a run writes there.
extension OutputGate {
  /// Adds a run folder, and what in it a run writes to.
  ///
  /// - Parameter config: the settings that the run is given; `config.yaml` in the run folder itself stays.
  public mutating func add(_ option: String, run: RunFolder, config: FilePath?) throws {
    add(option, run.path, .folder)
    // Nothing is in a file, which the gate refuses.
    if Place(run.path).content == .file { return }
    func part(_ path: FilePath, _ kind: OutputKind) {
      add(option, path, kind, isPart: true)
    }
    // Settings that a run goes on with stay, whoever has written them.
    if !run.isConfiguration(config), try run.isNew && run.settings() == nil {
      part(run.configuration, .settings)
    }
    part(run.metrics, .rows(TrainingMetrics.columns))
    part(
      run.performance,
      .rows(
        TrainingMetrics.performanceColumns, older: TrainingMetrics.olderPerformanceColumns))
    part(run.timesteps, .rows(TrainingMetrics.timestepColumns))
    part(run.quality, .rows(SampleQuality.columns))
    part(run.examples, .picture(by: "train"))
    part(run.nearest, .picture(by: "train"))
    part(run.report, .page)
    part(run.log, .log)
    part(run.images, .imageList)
    part(run.lock, .lock)
    for sample in try run.files(in: run.samples, "png") { part(sample, .picture(by: "train")) }
    // Those of steps before are never written again.
    let newest = try run.checkpointSteps().last ?? -1
    for step in try run.snapshotSteps() where step > newest {
      part(run.snapshot(step: step), .tensors(.averages))
    }
    for step in try run.recordedSteps() where step > newest {
      part(run.recording(step: step), .tensors(.examples))
    }
  }
}
