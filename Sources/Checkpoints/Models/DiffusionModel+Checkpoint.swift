package import Compiler
import Foundation
internal import Graph
internal import Networks
public import SystemPackage

/// Which of a checkpoint's weights are used.
public enum CheckpointWeights: String, Codable, Sendable, CaseIterable {
  /// Averaged over the training, which draws better.
  case ema
  /// As the last step left them.
  case model

  package var part: CheckpointFile.Part { self == .ema ? .average : .model }
}

extension ParameterStore {
  /// The parameters as the checkpoint's reader and writer want them.
  package var namedTensors: [NamedTensor] {
    declarations.enumerated().map { index, declaration in
      NamedTensor(
        name: declaration.name, shape: declaration.shape,
        reading: { self.read(index, $0) }, writing: { self.write(index, $0) })
    }
  }
}

/// The JSON of a checkpoint's attribute `config`.
package struct CheckpointConfiguration: Codable, Equatable {
  package var model: ModelConfiguration
  /// Nil in a checkpoint that was imported.
  package var training: TrainingSettings?
  package var run: TrainingState?
  /// Nil where the average is the training's own.
  package var average: AverageOrigin?

  package init(
    model: ModelConfiguration, training: TrainingSettings? = nil, run: TrainingState? = nil,
    average: AverageOrigin? = nil
  ) {
    self.model = model
    self.training = training
    self.run = run
    self.average = average
  }

  /// Reads the configuration of an opened checkpoint and checks that it makes sense.
  package init(_ file: CheckpointFile) throws {
    do {
      let decoder = JSONDecoder()
      if let key = TrainingSettings.baseKey { decoder.userInfo[key] = TrainingSettings.before }
      self = try decoder.decode(Self.self, from: Data(file.header.config.utf8))
    } catch {
      throw FileFormatError.inconsistent(
        path: file.path.string, cause: "its attribute config is not a configuration (\(error))")
    }
    do {
      try model.validate()
    } catch {
      throw FileFormatError.inconsistent(path: file.path.string, cause: "\(error)")
    }
    if let fault = training?.fault {
      throw FileFormatError.inconsistent(
        path: file.path.string, cause: "its setting \(fault.setting.rawValue): \(fault.cause)")
    }
    try run?.check(file.path.string)
  }

  /// The JSON, its keys sorted so that equal configurations have equal bytes.
  package var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}

extension DiffusionModel {
  /// Reads a checkpoint: a file, of a run folder its newest good one, or a model by its name.
  ///
  /// - Parameters:
  ///   - catalog: the models that have names.
  ///   - report: called with a message for each damaged newer checkpoint of a run folder.
  /// - Throws: `FileFormatError` with the path and what is wrong with it; `ModelError` for an unknown name.
  public convenience init(
    _ path: FilePath, weights: CheckpointWeights = .ema, from catalog: ModelCatalog = .standard,
    report: (String) -> Void = { _ in }
  ) throws {
    let path = try catalog.path(of: path)
    let (file, model, parameters, origin) = try RunFolder.read(path, report: report) { file in
      let opened = try CheckpointFile(opening: file)
      let parts = try opened.parts()
      let part = parts.contains(weights.part) ? weights.part : .model
      if part == .model, !parts.contains(.model), parts.contains(.average) {
        throw FileFormatError.averageAlone(path: file.string)
      }
      let (model, parameters, origin) = try Self.read(part, of: opened)
      return (file, model, parameters, origin)
    }
    try self.init(model, parameters, origin, file)
  }

  /// Reads the longer average of an EMA snapshot of a run.
  ///
  /// - Throws: `FileFormatError` with the path and what is wrong with it.
  public convenience init(snapshot path: FilePath) throws {
    let file = try CheckpointFile(opening: path, as: .averages)
    let (model, parameters, origin) = try Self.read(.longAverage, of: file)
    try self.init(model, parameters, origin, path)
  }

  private convenience init(
    _ model: ModelConfiguration, _ parameters: ParameterStore, _ origin: Origin, _ file: FilePath
  ) throws {
    let step = origin.header.step
    try self.init(
      model, parameters: parameters, step: step,
      fingerprint: Fingerprint.text(of: parameters.namedTensors, step: step), file: file,
      origin: origin)
  }

  private static func read(
    _ part: CheckpointFile.Part, of file: CheckpointFile
  ) throws -> (ModelConfiguration, ParameterStore, Origin) {
    let configuration = try CheckpointConfiguration(file)
    let model = configuration.model
    // Compared before memory is taken.
    let declarations = model.network.parameters
    try file.check(part, against: declarations)
    let parameters = try ParameterStore(declarations, on: Machine.backend)
    try file.read(part, into: parameters.namedTensors)
    guard parameters.isFinite else {
      throw FileFormatError.inconsistent(
        path: file.path.string, cause: "/\(part.rawValue) has values that are not finite")
    }
    let origin = Origin(
      header: file.header, training: configuration.training, average: configuration.average,
      part: part)
    return (model, parameters, origin)
  }
}
