internal import Checkpoints
internal import SystemPackage

/// The built-in models.
package enum DataChecks {
  package typealias Finding = Diagnosis.Finding

  static var all: [Finding] {
    let catalog = ModelCatalog.standard
    let (sound, broken) = ModelSummary.all(in: catalog)
    return [models(sound.map(\.name), broken: broken, folders: catalog.folders.map(\.string))]
  }

  /// - Parameters:
  ///   - names: of the models that can be read.
  ///   - broken: why others cannot.
  ///   - folders: where models are looked for.
  package static func models(_ names: [String], broken: [String], folders: [String]) -> Finding {
    if let error = broken.first {
      return Finding("models", .problem, error, "Install Stipple again, or remove the file.")
    }
    if names.isEmpty {
      return Finding(
        "models", .warning, "none found in \(folders.joined(separator: ", "))",
        "denoise needs --model MODEL, or STIPPLE_DATA with the folder of the built-in models.")
    }
    return Finding("models", names.joined(separator: ", "))
  }
}
