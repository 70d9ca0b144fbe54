internal import Compiler
internal import Graph
internal import Networks
internal import Stipple
internal import SystemPackage

/// Bytes as one of Stipple's HDF5 files.
struct CheckpointInput {
  private let path: FilePath

  init(_ bytes: [UInt8], in folder: FilePath) throws {
    path = folder.appending("input.h5")
    try Scratch.write(bytes, to: path)
  }

  /// Reads all that any command reads.
  func read() throws -> Bool {
    let verification = try? FileVerification(path)
    var isRead = false
    for weights in CheckpointWeights.allCases {
      guard let model = try? DiffusionModel(path, weights: weights) else { continue }
      precondition(model.parameters.isFinite, "a parameter is not finite")
      isRead = true
    }
    if let file = try? CheckpointFile(opening: path) {
      _ = try? file.history()
      _ = try? CheckpointConfiguration(file)
    }
    if let file = try? StepTensorsFile(opening: path) {
      _ = try? file.xt(image: 0)
    }
    _ = try? Inspection(path, verifying: verification != nil)
    return isRead
  }

  static func seeds(in folder: FilePath) throws -> [[UInt8]] {
    let path = folder.appending("seed.h5")
    try TinyNetwork.writeCheckpoint(to: path)
    return [try Scratch.read(path)]
  }
}
