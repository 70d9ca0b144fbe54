public import Checkpoints
internal import Compiler
public import Files
import Foundation
internal import Graph
internal import Networks
public import SystemPackage
internal import Text

/// An average of the weights of any length, put together after a training from the snapshots that its run
/// has kept (Karras et al. 2024, section 3.2).
///
/// ```swift
/// let average = try PostHocAverage(of: RunFolder("run"), length: 0.08)
/// try average.write(to: "ema-0.08.h5")
/// ```
public struct PostHocAverage: Sendable {
  /// The lengths that can be asked for.
  public static let lengths = PowerFunctionAverage.lengths

  /// The last step that the average is of.
  public let step: Int
  /// How it was put together.
  public let origin: AverageOrigin
  /// Why snapshots were left out, each with its path.
  public let failures: [String]
  /// What the network is and what it was trained on.
  public var configuration: ModelConfiguration { model }
  private let model: ModelConfiguration
  private let training: TrainingSettings?
  private let newest: CheckpointHeader
  private let terms: [Term]

  /// A snapshot's average, and what it is multiplied with.
  private struct Term {
    let path: FilePath
    let part: CheckpointFile.Part
    let weight: Double
  }

  /// Looks through a run's snapshots, each of which is read to its end.
  ///
  /// - Parameters:
  ///   - step: of a snapshot; nil for the newest.
  ///   - report: is told of snapshots that are damaged and left out.
  /// - Throws: `SettingError` where the length or the step cannot be, or `FileFormatError`
  ///   where there is no snapshot, or they are of different networks.
  public init(
    of run: RunFolder, length: Double, step: Int? = nil, report: (String) -> Void = { _ in }
  ) throws {
    guard Self.lengths.contains(length) else {
      let (shortest, longest) = (Self.lengths.lowerBound, Self.lengths.upperBound)
      throw SettingError("length", cause: "must be from \(shortest) to \(longest), got \(length)")
    }
    let steps = try run.snapshotSteps()
    if steps.isEmpty {
      throw FileFormatError.file(
        text: "\(run.path): there are no EMA snapshots in this folder; "
          + "train with `snapshot-every`")
    }
    if let step, !steps.contains(step) {
      throw SettingError(
        "step",
        cause:
          "there is no snapshot of step \(step); there are \(Readable.list(steps.map(String.init)))"
      )
    }
    var (found, failures) = ([(file: CheckpointFile, updates: Int)](), [String]())
    var configuration: CheckpointConfiguration?
    for number in steps where number <= step ?? .max {
      let path = run.snapshot(step: number)
      do throws(FileFormatError) {
        _ = try FileVerification(path)
      } catch {
        // An average at a step is nothing without that step's own snapshot.
        if number == step { throw error }
        failures.append("\(error)")
        report("left out: \(error)")
        continue
      }
      let file = try CheckpointFile(opening: path, as: .averages)
      let own = try CheckpointConfiguration(file)
      if let configuration, own.model != configuration.model {
        throw FileFormatError.inconsistent(
          path: path.string, cause: "its network differs from that of earlier snapshots")
      }
      configuration = own
      let updates = own.run?.updates ?? number
      if updates < 1 {
        throw FileFormatError.inconsistent(
          path: path.string, cause: "it is an average of \(counted(updates, "step"))")
      }
      found.append((file, updates))
    }
    guard let configuration, let last = found.last else {
      throw FileFormatError.file(text: failures.last ?? "\(run.path): there is no valid snapshot")
    }
    let snapshots = found.flatMap { file, updates in
      RunningAverages.parts.map { (file.path, $0.part, $0.length, updates) }
    }
    let combination = AverageCombination(
      PowerFunctionAverage(length: length), at: last.updates,
      from: snapshots.map { .init(PowerFunctionAverage(length: $0.2), step: $0.3) })
    model = configuration.model
    training = configuration.training
    newest = last.file.header
    self.step = newest.step
    self.failures = failures
    terms = zip(snapshots, combination.weights).map { Term(path: $0.0, part: $0.1, weight: $1) }
    origin = AverageOrigin(
      length: length, snapshots: found.map(\.file.header.step), error: combination.error)
  }

  /// Writes a checkpoint with the average as its only weights.
  ///
  /// - Parameters:
  ///   - overwriting: whether another file that is there may be replaced.
  ///   - clocks: what tells when the checkpoint was written.
  /// - Returns: Whether it was written: false where it already exists.
  /// - Throws: `FileFormatError` where something else is there, or what is wrong with the snapshots or the
  ///   disk.
  @discardableResult public func write(
    to file: FilePath, overwriting: Bool = false, clocks: Clocks = .system
  ) throws -> Bool {
    let config = try CheckpointConfiguration(
      model: model, training: training, average: origin
    ).json
    if try Folders.exists(file) {
      let there = try? CheckpointFile(opening: file).header
      if there?.config == config, there?.step == step { return false }
      if !overwriting {
        throw FileFormatError.file(
          text:
            "\(file): already exists with other contents; give another name, or `overwrite` to replace it"
        )
      }
    }
    try Folders.make(file.removingLastComponent())
    let header = CheckpointHeader(
      creator: Machine.creator, created: clocks.timestamp, config: config, step: step,
      imagesSeen: newest.imagesSeen, threads: newest.threads, cpu: newest.cpu,
      oneDNNVersion: newest.oneDNNVersion)
    try CheckpointFile.write(
      to: file, header, parts: [(.average, try sum().namedTensors)], history: TrainingHistory(),
      replacing: overwriting)
    return true
  }

  /// The weighted sum, in double precision.
  private func sum() throws -> ParameterStore {
    let store = try ParameterStore(model.network.parameters, on: Machine.backend)
    var sums = store.declarations.map { [Double](repeating: 0, count: $0.count) }
    for term in terms {
      let file = try CheckpointFile(opening: term.path, as: .averages)
      try file.read(term.part, into: store.namedTensors)
      for parameter in sums.indices {
        store.read(parameter) { values in
          for i in values.indices { sums[parameter][i] += term.weight * Double(values[i]) }
        }
      }
    }
    for parameter in sums.indices {
      store.write(parameter) { values in
        for i in values.indices { values[i] = Float(sums[parameter][i]) }
      }
    }
    return store
  }
}
