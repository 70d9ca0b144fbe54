internal import Graph

/// Residual blocks, each perhaps followed by attention, of one level or of the middle.
struct BlockMaker {
  let configuration: UNetConfiguration

  func residual(_ scope: Scope, from inputChannels: Int, to outputChannels: Int) -> ResidualBlock {
    ResidualBlock(
      scope, from: inputChannels, to: outputChannels,
      timestepChannels: configuration.embeddingLength, groups: configuration.normGroups,
      epsilon: configuration.normEpsilon, dropout: configuration.dropout)
  }

  func attention(_ scope: Scope, channels: Int, groups: Int? = nil) -> AttentionBlock {
    AttentionBlock(
      scope, channels: channels, headDimension: configuration.headDimension,
      groups: groups ?? configuration.normGroups, epsilon: configuration.normEpsilon)
  }
}

/// A level on the way down: every block's output is kept for the way up.
struct DownLevel {
  let residuals: [ResidualBlock]
  let attentions: [AttentionBlock]
  /// None at the lowest level.
  let downsample: Downsample?

  init(_ scope: Scope, level: Int, _ configuration: UNetConfiguration) {
    let maker = BlockMaker(configuration: configuration)
    let all = configuration.channelsPerLevel
    let channels = all[level]
    residuals = (0..<configuration.layersPerBlock).map { layer in
      maker.residual(
        scope / "resnets" / "\(layer)", from: layer == 0 ? all[max(0, level - 1)] : channels,
        to: channels)
    }
    attentions = (0..<(configuration.attentionLevels[level] ? residuals.count : 0)).map { layer in
      maker.attention(scope / "attentions" / "\(layer)", channels: channels)
    }
    downsample =
      level == all.count - 1
      ? nil
      : Downsample(
        scope / "downsamplers" / "0", channels: channels, padding: configuration.downsamplePadding)
  }

  /// x: (N, H, W, C) · timestep: (N, E) → (N, H / 2, W / 2, C'), and appends what it computes to
  /// `skips`.
  func callAsFunction(_ x: Value, timestep: Value, skips: inout [Value]) -> Value {
    var h = x
    for (index, residual) in residuals.enumerated() {
      h = residual(h, timestep: timestep)
      if !attentions.isEmpty { h = attentions[index](h) }
      skips.append(h)
    }
    guard let downsample else { return h }
    h = downsample(h)
    skips.append(h)
    return h
  }
}

/// The two blocks between the way down and the way up.
struct MiddleLevel {
  let residual1, residual2: ResidualBlock
  let attention: AttentionBlock?

  init?(_ scope: Scope, _ configuration: UNetConfiguration) {
    guard configuration.middleBlock != .none, let channels = configuration.channelsPerLevel.last
    else { return nil }
    let maker = BlockMaker(configuration: configuration)
    residual1 = maker.residual(scope / "resnets" / "0", from: channels, to: channels)
    attention =
      configuration.middleBlock == .attention
      ? maker.attention(
        scope / "attentions" / "0", channels: channels,
        groups: configuration.middleAttentionGroups)
      : nil
    residual2 = maker.residual(scope / "resnets" / "1", from: channels, to: channels)
  }

  /// x: (N, H, W, C) · timestep: (N, E) → (N, H, W, C)
  func callAsFunction(_ x: Value, timestep: Value) -> Value {
    let h = residual1(x, timestep: timestep)
    return residual2(attention?(h) ?? h, timestep: timestep)
  }
}

/// A level on the way up: every block also reads what a block of the way down has kept.
struct UpLevel {
  let residuals: [ResidualBlock]
  let attentions: [AttentionBlock]
  /// None at full resolution.
  let upsample: Upsample?

  init(_ scope: Scope, level: Int, _ configuration: UNetConfiguration) {
    let maker = BlockMaker(configuration: configuration)
    let all = configuration.channelsPerLevel
    let channels = all[level]
    let below = all[min(level + 1, all.count - 1)]
    let above = all[max(0, level - 1)]
    let last = configuration.layersPerBlock
    residuals = (0...last).map { layer in
      let skip = layer == last ? above : channels
      return maker.residual(
        scope / "resnets" / "\(layer)", from: (layer == 0 ? below : channels) + skip, to: channels)
    }
    let attends = (configuration.upAttentionLevels ?? configuration.attentionLevels)[level]
    attentions = (0..<(attends ? residuals.count : 0)).map { layer in
      maker.attention(scope / "attentions" / "\(layer)", channels: channels)
    }
    upsample = level == 0 ? nil : Upsample(scope / "upsamplers" / "0", channels: channels)
  }

  /// x: (N, H, W, C) · timestep: (N, E) → (N, 2 H, 2 W, C'), and takes what it reads from the end of
  /// `skips`.
  func callAsFunction(_ x: Value, timestep: Value, skips: inout [Value]) -> Value {
    var h = x
    for (index, residual) in residuals.enumerated() {
      h = residual(concatenate(h, skips.removeLast()), timestep: timestep)
      if !attentions.isEmpty { h = attentions[index](h) }
    }
    return upsample?(h) ?? h
  }
}
