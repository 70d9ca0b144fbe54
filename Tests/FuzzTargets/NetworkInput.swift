internal import Compiler
internal import Foundation
internal import Graph
internal import Networks
internal import Stipple
internal import SystemPackage

/// Bytes as each of the JSON documents that describe a network.
struct NetworkInput {
  private let bytes: [UInt8]
  private let path: FilePath

  init(_ bytes: [UInt8], in folder: FilePath) throws {
    self.bytes = bytes
    path = folder.appending("config.json")
    try Scratch.write(bytes, to: path)
  }

  func read() throws -> Bool {
    var isRead = false
    if let configuration = try? DiffusersConfiguration(reading: path) {
      describe(configuration.network)
      isRead = true
    }
    if let scheduler = try? DiffusersScheduler(reading: path) {
      precondition(scheduler.timesteps > 0)
      isRead = true
    }
    let decoded = try? JSONDecoder().decode(ModelConfiguration.self, from: Data(bytes))
    if let model = decoded, (try? model.validate()) != nil {
      describe(model.network)
      let cost = model.network.floatingPointOperations(
        width: model.images.width, height: model.images.height)
      precondition(cost >= 0, "a cost below zero")
      isRead = true
    }
    return isRead
  }

  /// What is asked of every network before its weights are read.
  private func describe(_ network: UNetConfiguration) {
    let declared = network.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    precondition(declared == network.parameterCount, "two counts of the parameters")
  }

  static let seeds = [
    """
    {"_class_name": "UNet2DModel", "sample_size": 4, "in_channels": 1, "out_channels": 1,
    "block_out_channels": [2, 2], "layers_per_block": 1, "norm_num_groups": 1,
    "down_block_types": ["DownBlock2D", "AttnDownBlock2D"], "attention_head_dim": 2,
    "up_block_types": ["AttnUpBlock2D", "UpBlock2D"], "norm_eps": 1e-6, "dropout": 0.1,
    "freq_shift": 0, "time_embedding_type": "positional", "mid_block_type": null}
    """,
    """
    {"_class_name": "DDPMScheduler", "num_train_timesteps": 3, "beta_schedule": "linear",
    "beta_start": 0.0001, "beta_end": 0.02, "trained_betas": [0.1, 0.2, 0.3],
    "prediction_type": "v_prediction", "variance_type": "fixed_large", "clip_sample": true}
    """,
    """
    {"network": {"input_channels": 1, "output_channels": 1, "channels_per_level": [2, 2],
    "layers_per_block": 1, "attention_levels": [false, true], "middle_block": "attention",
    "head_dimension": 2, "norm_groups": 1, "norm_epsilon": 1e-5, "downsample_padding": 1,
    "flip_sine_to_cosine": true, "frequency_shift": 0, "dropout": 0,
    "class_is_embedded_as_timestep": false},
    "schedule": {"kind": "linear", "timesteps": 1000, "beta_start": 1e-4, "beta_end": 0.02},
    "objective": "epsilon", "images": {"width": 4, "height": 4}}
    """,
  ].map { Array($0.utf8) }
}
