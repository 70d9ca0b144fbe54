import Networks
import TestSupport
import Testing

@Suite struct DiffusersConfigurationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> DiffusersConfiguration {
    try Fixture.write(text, to: folder / "config.json")
    return try DiffusersConfiguration(reading: folder / "config.json")
  }

  @Test func `missing options have diffusers' defaults`() throws {
    let network = try read("{}").network
    #expect(network.channelsPerLevel == [224, 448, 672, 896])
    #expect(network.attentionLevels == [false, true, true, true])
    #expect(network.upAttentionLevels == nil)
    #expect(network.layersPerBlock == 2)
    #expect(network.headDimension == 8)
    #expect(network.normEpsilon == 1e-5)
    // As PyTorch counts them in UNet2DModel().
    #expect(network.parameterCount == 274_056_163)
  }

  @Test func `the description of google's ddpm-cifar10-32 is the preset ddpm`() throws {
    let configuration = try read(
      """
      {
        "_class_name": "UNet2DModel", "_diffusers_version": "0.0.4", "act_fn": "silu",
        "attention_head_dim": null, "block_out_channels": [128, 256, 256, 256],
        "center_input_sample": false,
        "down_block_types": ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
        "downsample_padding": 0, "flip_sin_to_cos": false, "freq_shift": 1, "in_channels": 3,
        "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-06,
        "norm_num_groups": 32, "out_channels": 3, "sample_size": 32,
        "time_embedding_type": "positional",
        "up_block_types": ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"]
      }
      """)
    #expect(configuration.network == UNetPreset.ddpm.configuration(channels: 3))
    #expect(configuration.sampleSize == .init(height: 32, width: 32))
    #expect(configuration.unknownKeys == [])
  }

  @Test(arguments: UNetPreset.allCases.filter { $0.configuration(channels: 1).patchSize == nil })
  func `presets that diffusers knows survive writing and reading`(preset: UNetPreset) throws {
    let written = DiffusersConfiguration(
      network: preset.configuration(channels: 1), sampleSize: .init(height: 16, width: 24))
    #expect(try read(written.json.text(indented: true)) == written)
  }

  @Test func `every option survives writing and reading`() throws {
    var network = UNetPreset.tiny.configuration(channels: 3)
    network.outputChannels = 6
    network.upAttentionLevels = [true, false, true]
    network.middleAttentionGroups = 16
    network.dropout = 0.1
    network.learnedTimestepCount = 100
    network.timeEmbeddingChannels = 96
    network.classCount = 4
    network.classIsEmbeddedAsTimestep = true
    for middle in [UNetConfiguration.MiddleBlock.none, .residual, .attention] {
      network.middleBlock = middle
      let written = DiffusersConfiguration(network: network, sampleSize: nil)
      #expect(try read(written.json.text(indented: false)) == written)
    }
  }

  @Test func `options that diffusers does not know are told`() throws {
    let configuration = try read(#"{"_name_or_path": "x", "sample": 3, "colour": "blue"}"#)
    #expect(configuration.unknownKeys == ["colour", "sample"])
  }

  @Test func `another name of a block or of SiLU is understood`() throws {
    let configuration = try read(
      #"""
      {"act_fn": "swish", "block_out_channels": [32], "down_block_types": ["UNetResAttnDownBlock2D"],
       "up_block_types": ["UpBlock2D"]}
      """#)
    #expect(configuration.network.attentionLevels == [true])
    #expect(configuration.network.upAttentionLevels == [false])
  }

  @Test(arguments: [
    (#"{"act_fn": "gelu"}"#, #"act_fn: "gelu" is not supported; silu is"#),
    (
      #"{"resnet_time_scale_shift": "scale_shift"}"#,
      #"resnet_time_scale_shift: "scale_shift" is not supported; default is"#
    ),
    (
      #"{"downsample_type": "resnet"}"#, #"downsample_type: "resnet" is not supported; conv is"#
    ),
    (#"{"upsample_type": "resnet"}"#, #"upsample_type: "resnet" is not supported; conv is"#),
    (
      #"{"time_embedding_type": "fourier"}"#,
      #"time_embedding_type: "fourier" is not supported; positional and learned are"#
    ),
    (
      #"{"time_embedding_type": "learned"}"#,
      #"num_train_timesteps: is missing, and time_embedding_type "learned" needs it"#
    ),
    (
      #"{"class_embed_type": "identity"}"#,
      #"class_embed_type: "identity" is not supported; null and timestep are"#
    ),
    (
      #"{"mid_block_type": "UNetMidBlock2DCrossAttn"}"#,
      #"mid_block_type: "UNetMidBlock2DCrossAttn" is not supported; UNetMidBlock2D and null are"#
    ),
    (
      #"{"center_input_sample": true}"#, "center_input_sample: true is not supported; false is"
    ),
    (
      #"{"mid_block_scale_factor": 1.5}"#, "mid_block_scale_factor: 1.5 is not supported; 1 is"
    ),
    (
      #"{"block_out_channels": [32], "down_block_types": ["ResnetDownsampleBlock2D"]}"#,
      #"down_block_types: "ResnetDownsampleBlock2D" is not supported; DownBlock2D and "#
        + "AttnDownBlock2D are"
    ),
    (
      #"{"block_out_channels": [32, 32]}"#,
      "down_block_types: has 4 blocks where block_out_channels has 2"
    ),
    (#"{"in_channels": "3"}"#, #"in_channels: is "3", expected a whole number"#),
    (#"{"in_channels": 3.5}"#, "in_channels: is 3.5, expected a whole number"),
    (#"{"in_channels": null}"#, "in_channels: is null, expected a whole number"),
    (#"{"layers_per_block": true}"#, "layers_per_block: is true, expected a whole number"),
    (#"{"flip_sin_to_cos": 1}"#, "flip_sin_to_cos: is 1, expected true or false"),
    (
      #"{"block_out_channels": [32, "a"]}"#,
      "block_out_channels: is a list, expected a list of whole numbers"
    ),
    (#"{"norm_eps": "small"}"#, #"norm_eps: is "small", expected a number"#),
    (
      #"{"sample_size": [1, 2, 3]}"#,
      "sample_size: is a list, expected a whole number, a list of two or null"
    ),
    (#"{"sample_size": 0}"#, "sample_size: 0 x 0 is not in 1 to 65536"),
    (
      #"{"norm_num_groups": 9}"#,
      "block_out_channels: 224 channels cannot be divided into 9 groups (normGroups)"
    ),
    (#"{"norm_num_groups": 0}"#, "norm_num_groups: 0 is not in 1 to 4096"),
    (#"{"layers_per_block": 1000000}"#, "layers_per_block: 1000000 is not in 1 to 32"),
    (#"{"downsample_padding": 3}"#, "downsample_padding: 3 is not in 0 to 1"),
    (
      #"{"block_out_channels": [], "down_block_types": [], "up_block_types": []}"#,
      "block_out_channels: 0 is not in 1 to 12"
    ),
    ("[1]", "is not valid JSON: an object is expected at byte 0"),
    ("{", "is not valid JSON: a member's name is expected at byte 1"),
  ])
  func `what there is no code for is refused with file, option and value`(
    text: String, sentence: String
  ) throws {
    #expect(Fixture.message(in: folder.path) { _ = try read(text) } == "config.json: \(sentence)")
  }
}
