package import SystemPackage

/// The `config.json` of a diffusers `UNet2DModel`: a network and the size of images it was made for.
package struct DiffusersConfiguration: Equatable, Sendable {
  /// Height and width in pixels.
  package struct Size: Equatable, Sendable {
    package let height, width: Int

    package init(height: Int, width: Int) {
      (self.height, self.width) = (height, width)
    }
  }

  package let network: UNetConfiguration
  /// The images that the network was trained on; nil where the file does not say.
  package let sampleSize: Size?
  /// Options of the file that `UNet2DModel` does not have, and diffusers leaves unread as well.
  package let unknownKeys: [String]

  /// A configuration to be written.
  package init(network: UNetConfiguration, sampleSize: Size?) {
    self.network = network
    self.sampleSize = sampleSize
    unknownKeys = []
  }

  /// Reads `config.json`; options that are missing have diffusers' defaults.
  ///
  /// - Throws: `NetworkError` with the file, the option and its value where one is of a wrong type,
  ///   or asks for what Stipple has no code for.
  package init(reading path: FilePath) throws(NetworkError) {
    var options = try OptionReader(file: path)
    try Self.refuseUnsupported(&options)
    network = try Self.network(&options)
    sampleSize = try Self.sampleSize(&options)
    unknownKeys = options.unread
    do {
      try network.validate()
    } catch .configuration(let key, let cause) {
      throw .option(path, key: Self.key(of: key), problem: cause)
    }
  }

  // MARK: Reading

  private static func network(
    _ options: inout OptionReader
  ) throws(NetworkError) -> UNetConfiguration {
    let channels = try options.integers("block_out_channels", default: [224, 448, 672, 896])
    let down = try attention(
      &options, "down_block_types", plain: "DownBlock2D", attending: "AttnDownBlock2D",
      default: ["DownBlock2D"] + Array(repeating: "AttnDownBlock2D", count: 3),
      levels: channels.count)
    let up = try attention(
      &options, "up_block_types", plain: "UpBlock2D", attending: "AttnUpBlock2D",
      default: Array(repeating: "AttnUpBlock2D", count: 3) + ["UpBlock2D"], levels: channels.count)

    var network = UNetConfiguration(
      channels: try options.integer("in_channels", default: 3), channelsPerLevel: channels,
      layersPerBlock: try options.integer("layers_per_block", default: 2), attentionLevels: down,
      headDimension: try options.optionalInteger("attention_head_dim", default: 8),
      normGroups: try options.integer("norm_num_groups", default: 32))
    // Networks of our own have layer norms instead.
    if network.normGroups == 0 {
      throw .option(options.path, key: "norm_num_groups", problem: "0 is not in 1 to 4096")
    }
    network.outputChannels = try options.integer("out_channels", default: 3)
    network.upAttentionLevels = up.reversed() == down ? nil : up.reversed()
    network.middleBlock = try middleBlock(&options)
    network.middleAttentionGroups = try options.optionalInteger(
      "attn_norm_num_groups", default: nil)
    network.normEpsilon = Float(try options.number("norm_eps", default: 1e-5))
    network.downsamplePadding = try options.integer("downsample_padding", default: 1)
    network.flipSineToCosine = try options.boolean("flip_sin_to_cos", default: true)
    network.frequencyShift = Float(try options.number("freq_shift", default: 0))
    network.timeEmbeddingChannels = try options.optionalInteger(
      "time_embedding_dim", default: nil)
    network.dropout = Float(try options.number("dropout", default: 0))
    try readTimestepKind(&options, into: &network)
    try readClassKind(&options, into: &network)
    return network
  }

  /// Whether each block of a list has attention.
  private static func attention(
    _ options: inout OptionReader, _ key: String, plain: String, attending: String,
    default types: [String], levels: Int
  ) throws(NetworkError) -> [Bool] {
    let types = try options.strings(key, default: types)
    guard types.count == levels else {
      throw .option(
        options.path, key: key,
        problem: "has \(types.count) blocks where block_out_channels has \(levels)")
    }
    var attention: [Bool] = []
    for type in types {
      let name = type.hasPrefix("UNetRes") ? String(type.dropFirst(7)) : type
      guard name == plain || name == attending else {
        throw .unsupported(
          options.path, key: key, value: JSON.string(type).summary,
          supported: "\(plain) and \(attending) are")
      }
      attention.append(name == attending)
    }
    return attention
  }

  private static func middleBlock(
    _ options: inout OptionReader
  ) throws(NetworkError) -> UNetConfiguration.MiddleBlock {
    let attends = try options.boolean("add_attention", default: true)
    switch try options.optionalString("mid_block_type", default: "UNetMidBlock2D") {
    case nil: return .none
    case "UNetMidBlock2D": return attends ? .attention : .residual
    case let type?:
      throw .unsupported(
        options.path, key: "mid_block_type", value: JSON.string(type).summary,
        supported: "UNetMidBlock2D and null are")
    }
  }

  private static func readTimestepKind(
    _ options: inout OptionReader, into network: inout UNetConfiguration
  ) throws(NetworkError) {
    let count = try options.optionalInteger("num_train_timesteps", default: nil)
    switch try options.string("time_embedding_type", default: "positional") {
    case "positional": break
    case "learned":
      guard let count else {
        throw .option(
          options.path, key: "num_train_timesteps",
          problem: "is missing, and time_embedding_type \"learned\" needs it")
      }
      network.learnedTimestepCount = count
    case let type:
      throw .unsupported(
        options.path, key: "time_embedding_type", value: JSON.string(type).summary,
        supported: "positional and learned are")
    }
  }

  private static func readClassKind(
    _ options: inout OptionReader, into network: inout UNetConfiguration
  ) throws(NetworkError) {
    network.classCount = try options.optionalInteger("num_class_embeds", default: nil)
    switch try options.optionalString("class_embed_type", default: nil) {
    case nil: break
    case "timestep": network.classIsEmbeddedAsTimestep = true
    case let type?:
      throw .unsupported(
        options.path, key: "class_embed_type", value: JSON.string(type).summary,
        supported: "null and timestep are")
    }
  }

  private static func sampleSize(_ options: inout OptionReader) throws(NetworkError) -> Size? {
    guard let size = try options.optionalSize("sample_size") else { return nil }
    guard (1...65536).contains(size.height), (1...65536).contains(size.width) else {
      throw .option(
        options.path, key: "sample_size",
        problem: "\(size.height) x \(size.width) is not in 1 to 65536")
    }
    return Size(height: size.height, width: size.width)
  }

  /// Options with one value that there is code for.
  private static func refuseUnsupported(_ options: inout OptionReader) throws(NetworkError) {
    for (key, only) in [
      ("act_fn", "silu"), ("downsample_type", "conv"), ("upsample_type", "conv"),
      ("resnet_time_scale_shift", "default"),
    ] {
      let value = try options.string(key, default: only)
      // "swish" is another name of the same function.
      if value == only || key == "act_fn" && value == "swish" { continue }
      throw .unsupported(
        options.path, key: key, value: JSON.string(value).summary, supported: "\(only) is")
    }
    if try options.boolean("center_input_sample", default: false) {
      throw .unsupported(
        options.path, key: "center_input_sample", value: "true", supported: "false is")
    }
    let scale = try options.number("mid_block_scale_factor", default: 1)
    if scale != 1 {
      throw .unsupported(
        options.path, key: "mid_block_scale_factor", value: "\(scale)", supported: "1 is")
    }
  }

  /// What the file calls a property of `UNetConfiguration`.
  private static func key(of property: String) -> String {
    let keys = [
      "inputChannels": "in_channels", "outputChannels": "out_channels",
      "channelsPerLevel": "block_out_channels", "a level of channelsPerLevel": "block_out_channels",
      "the number of levels in channelsPerLevel": "block_out_channels",
      "layersPerBlock": "layers_per_block", "headDimension": "attention_head_dim",
      "normGroups": "norm_num_groups", "middleAttentionGroups": "attn_norm_num_groups",
      "normEpsilon": "norm_eps", "downsamplePadding": "downsample_padding",
      "frequencyShift": "freq_shift", "learnedTimestepCount": "num_train_timesteps",
      "timeEmbeddingChannels": "time_embedding_dim", "dropout": "dropout",
      "classCount": "num_class_embeds",
    ]
    return keys[property] ?? property
  }
}
