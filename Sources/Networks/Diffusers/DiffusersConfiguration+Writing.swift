extension DiffusersConfiguration {
  /// The `config.json` that `UNet2DModel.from_pretrained` reads.
  package var json: JSON {
    let network = network
    let up = (network.upAttentionLevels ?? network.attentionLevels).reversed()
    return .object([
      .init("_class_name", .string("UNet2DModel")),
      .init("_diffusers_version", .string("0.30.0")),
      .init("act_fn", .string("silu")),
      .init("add_attention", .boolean(network.middleBlock != .residual)),
      .init("attention_head_dim", .optional(network.headDimension)),
      .init("attn_norm_num_groups", .optional(network.middleAttentionGroups)),
      .init("block_out_channels", .array(network.channelsPerLevel.map(JSON.integer))),
      .init("center_input_sample", .boolean(false)),
      .init(
        "class_embed_type", network.classIsEmbeddedAsTimestep ? .string("timestep") : .null),
      .init("down_block_types", Self.blocks(network.attentionLevels, "DownBlock2D")),
      .init("downsample_padding", .integer(network.downsamplePadding)),
      .init("downsample_type", .string("conv")),
      .init("dropout", .shortest(network.dropout)),
      .init("flip_sin_to_cos", .boolean(network.flipSineToCosine)),
      .init("freq_shift", .shortest(network.frequencyShift)),
      .init("in_channels", .integer(network.inputChannels)),
      .init("layers_per_block", .integer(network.layersPerBlock)),
      .init("mid_block_scale_factor", .integer(1)),
      .init(
        "mid_block_type", network.middleBlock == .none ? .null : .string("UNetMidBlock2D")),
      .init("norm_eps", .shortest(network.normEpsilon)),
      .init("norm_num_groups", .integer(network.normGroups)),
      .init("num_class_embeds", .optional(network.classCount)),
      .init("num_train_timesteps", .optional(network.learnedTimestepCount)),
      .init("out_channels", .integer(network.outputChannels)),
      .init("resnet_time_scale_shift", .string("default")),
      .init("sample_size", sampleSizeJSON),
      .init("time_embedding_dim", .optional(network.timeEmbeddingChannels)),
      .init(
        "time_embedding_type",
        .string(network.learnedTimestepCount == nil ? "positional" : "learned")),
      .init("up_block_types", Self.blocks(Array(up), "UpBlock2D")),
      .init("upsample_type", .string("conv")),
    ])
  }

  private var sampleSizeJSON: JSON {
    guard let size = sampleSize else { return .null }
    return size.height == size.width
      ? .integer(size.height) : .array([.integer(size.height), .integer(size.width)])
  }

  private static func blocks(_ attention: [Bool], _ plain: String) -> JSON {
    .array(attention.map { .string($0 ? "Attn\(plain)" : plain) })
  }
}

extension JSON {
  static func optional(_ value: Int?) -> JSON { value.map(JSON.integer) ?? .null }

  /// The shortest decimal that is the same in single precision: 1e-05 and not 9.999999747e-06.
  static func shortest(_ value: Float) -> JSON {
    if let whole = Int(exactly: value) { return .integer(whole) }
    return .number(Double("\(value)") ?? Double(value))
  }
}
