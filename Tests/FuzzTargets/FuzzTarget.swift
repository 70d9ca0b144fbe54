package import SystemPackage

/// A reader that is given hostile bytes: by the fuzzer endlessly, by the tests once more those that
/// it has found.
///
/// A reader may refuse with one of its errors. Anything else (a trap, a wild access, a hang, two
/// answers that contradict each other) ends the process.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// The PNG decoder.
  case png
  /// Checkpoints and step tensors, whose HDF5 checksums hold off most changes.
  case checkpoint
  /// Weights in a diffusers folder.
  case safetensors
  /// A training run's `config.yaml`.
  case settings
  /// The JSON that describes networks: `config.json`, `scheduler_config.json` and what a checkpoint
  /// says of itself.
  case network

  /// Lets the reader read the input.
  ///
  /// - Returns: whether the reader took it, and did not refuse it.
  /// - Parameter folder: a folder for the input and what is made of it, of this call alone.
  @discardableResult
  package func run(_ input: [UInt8], in folder: FilePath) throws -> Bool {
    switch self {
    case .png: try PNGInput(input, in: folder).read()
    case .checkpoint: try CheckpointInput(input, in: folder).read()
    case .safetensors: try SafetensorsInput(input, in: folder).read()
    case .settings: try SettingsInput(input, in: folder).read()
    case .network: try NetworkInput(input, in: folder).read()
    }
  }

  /// Small inputs that are as they should be, for the fuzzer to begin with.
  package func seeds(in folder: FilePath) throws -> [[UInt8]] {
    switch self {
    case .png: try PNGInput.seeds(in: folder)
    case .checkpoint: try CheckpointInput.seeds(in: folder)
    case .safetensors: try SafetensorsInput.seeds(in: folder)
    case .settings: SettingsInput.seeds
    case .network: NetworkInput.seeds
    }
  }
}
