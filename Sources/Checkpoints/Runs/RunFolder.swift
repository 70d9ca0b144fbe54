internal import Files
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a training run keeps its things.
///
///     config.yaml  images.json  metrics.csv  performance.csv  timesteps.csv  quality.csv  log.txt
///     lock  examples.png  nearest.png  report.html
///     checkpoints/step-00012000.h5  samples/step-00012000.png  ema/step-00012000.h5
///     noised/step-00012000.h5
public struct RunFolder: Sendable {
  /// The folder's path.
  public let path: FilePath

  /// The run folder at a path, which need not exist.
  public init(_ path: FilePath) { self.path = path }

  /// The run whose folder, or whose folder of checkpoints, is at a path.
  init(around path: FilePath) {
    let parent = path.removingLastComponent()
    let isPart = path.lastComponent == "checkpoints" && !RunFolder.isRun(path)
    self.init(isPart && RunFolder.isRun(parent) ? parent : path)
  }

  package var configuration: FilePath { path.appending("config.yaml") }
  package var images: FilePath { path.appending("images.json") }
  package var lock: FilePath { path.appending("lock") }
  package var metrics: FilePath { path.appending("metrics.csv") }
  package var performance: FilePath { path.appending("performance.csv") }
  package var quality: FilePath { path.appending("quality.csv") }
  package var timesteps: FilePath { path.appending("timesteps.csv") }
  /// Some of the images that are trained on.
  package var examples: FilePath { path.appending("examples.png") }
  /// Samples beside the training images that they are nearest to.
  package var nearest: FilePath { path.appending("nearest.png") }
  /// The page that shows the run.
  public var report: FilePath { path.appending("report.html") }
  package var log: FilePath { path.appending("log.txt") }
  package var checkpoints: FilePath { path.appending("checkpoints") }
  package var samples: FilePath { path.appending("samples") }
  package var snapshots: FilePath { path.appending("ema") }
  package var recordings: FilePath { path.appending("noised") }

  package var tensorBoard: FilePath { path.appending("tensorboard") }

  package func checkpoint(step: Int) -> FilePath { checkpoints.appending(Self.name(step, "h5")) }
  package func sample(step: Int) -> FilePath { samples.appending(Self.name(step, "png")) }
  package func snapshot(step: Int) -> FilePath { snapshots.appending(Self.name(step, "h5")) }
  package func recording(step: Int) -> FilePath { recordings.appending(Self.name(step, "h5")) }

  package static func name(_ step: Int, _ suffix: String = "h5") -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".\(suffix)"
  }

  /// The steps of which there is a checkpoint, smallest first.
  ///
  /// - Throws: what keeps the folder from being listed; one that is not there has none.
  public func checkpointSteps() throws -> [Int] { try Self.steps(in: checkpoints) }

  /// The steps of which there is an EMA snapshot, smallest first.
  public func snapshotSteps() throws -> [Int] { try Self.steps(in: snapshots) }

  /// The steps of which the examples were kept, smallest first.
  public func recordedSteps() throws -> [Int] { try Self.steps(in: recordings) }

  /// The steps that have a file in `folder`, smallest first.
  package static func steps(in folder: FilePath, _ suffix: String = "h5") throws -> [Int] {
    try Folders.names(in: folder).compactMap { name in
      guard name.hasPrefix("step-"),
        let step = Int(name.dropFirst(5).dropLast(suffix.utf8.count + 1))
      else { return nil }
      // Another spelling of a step is somebody's own file.
      return name == Self.name(step, suffix) ? step : nil
    }.sorted()
  }

  /// Removes the samples, snapshots and recorded batches of steps after `step`: a run that goes on from there makes them
  /// anew, perhaps with another learning rate, or ends before it comes to them.
  package func removeFiles(after step: Int) throws {
    for (folder, suffix) in [(samples, "png"), (snapshots, "h5"), (recordings, "h5")] {
      for later in try Self.steps(in: folder, suffix) where later > step {
        _ = folder.appending(Self.name(later, suffix)).withPlatformString { unlink($0) }
      }
    }
  }

  /// The names of checkpoints that were found broken and set aside.
  package func brokenCheckpoints() throws -> [String] {
    try Folders.names(in: checkpoints).filter { $0.hasPrefix("step-") && $0.hasSuffix(Self.broken) }
      .sorted()
  }

  /// Whether the folder at `path` holds a run.
  package static func isRun(_ path: FilePath) -> Bool {
    Folders.isFolder(RunFolder(path).checkpoints)
  }

  /// Whether a path below the folder of a run is one of the run's own.
  static func owns(_ path: FilePath, in folder: FilePath) -> Bool {
    var relative = path
    guard relative.removePrefix(folder), let first = relative.components.first?.string else {
      return false
    }
    // The page is not among them, which can be made anew.
    let files = [
      "config.yaml", "config.full.yaml", "images.json", "metrics.csv", "performance.csv",
      "timesteps.csv",
      "quality.csv", "log.txt", "lock", "examples.png", "nearest.png",
    ]
    let folders = ["checkpoints", "samples", "ema", "noised", "tensorboard"]
    return relative.components.count == 1 ? files.contains(first) : folders.contains(first)
  }

  /// What is put behind the name of a broken checkpoint.
  package static let broken = ".h5.broken"

  /// What is put behind the name of a checkpoint of another step, where its own name is taken.
  package static let misnamed = ".h5.misnamed"

  /// Makes the folders.
  package func makeFolders() throws {
    for folder in [path, checkpoints, samples] { try Folders.make(folder) }
  }

  /// Removes what writers that are dead left behind.
  package func removeAbandoned() {
    for folder in [path, checkpoints, samples, snapshots, recordings] {
      Folders.removeAbandoned(in: folder)
    }
  }
}
