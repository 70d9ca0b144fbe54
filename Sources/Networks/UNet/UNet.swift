package import Graph

/// The network of Ho et al. 2020 (appendix B) with the options and the parameter names of
/// diffusers' `UNet2DModel`: a U of residual blocks whose way up reads what the way down has kept.
package struct UNet {
  let configuration: UNetConfiguration
  let timesteps: TimestepEncoder
  let timeEmbedding: TimestepEmbedding
  let classes: ClassEmbedding?
  let augmentation: Linear?
  let convIn: Convolution
  let down: [DownLevel]
  let middle: MiddleLevel?
  /// Lowest level first.
  let up: [UpLevel]
  /// Nil where the last features keep their magnitudes.
  let normOut: Norm?
  let convOut: Convolution

  /// Declares the network's parameters; `configuration` has passed `validate()`.
  package init(_ scope: Scope, _ configuration: UNetConfiguration) {
    self.configuration = configuration
    let channels = configuration.channelsPerLevel
    let patch = configuration.patchSize ?? 1
    convIn = Convolution(
      scope / "conv_in", from: configuration.inputChannels * patch * patch, to: channels[0])
    timesteps = TimestepEncoder(scope / "time_proj", configuration)
    timeEmbedding = TimestepEmbedding(
      scope / "time_embedding", from: channels[0], to: configuration.embeddingLength)
    classes = ClassEmbedding(scope / "class_embedding", configuration)
    augmentation = configuration.augmentationLabels.map {
      Linear(
        scope / "augment_embedding", from: $0, to: configuration.embeddingLength, hasBias: false)
    }
    down = channels.indices.map { level in
      DownLevel(scope / "down_blocks" / "\(level)", level: level, configuration)
    }
    middle = MiddleLevel(scope / "mid_block", configuration)
    up = channels.indices.map { index in
      UpLevel(
        scope / "up_blocks" / "\(index)", level: channels.count - 1 - index, configuration)
    }
    normOut =
      configuration.hasOutputNorm == false
      ? nil
      : Norm(
        scope / "conv_norm_out", channels: channels[0], groups: configuration.normGroups,
        epsilon: configuration.normEpsilon)
    convOut = Convolution(
      scope / "conv_out", from: channels[0], to: configuration.outputChannels * patch * patch)
  }

  /// x: (N, H, W, I), H and W multiples of `strideMultiple` · timesteps: (N) · classes: (N), for a
  /// network that is told a class · augmentation: (N, L), nil for zeros → (N, H, W, O)
  package func callAsFunction(
    _ x: Value, timesteps t: Value, classes index: Value?, augmentation labels: Value? = nil
  ) -> Value {
    precondition(
      (index != nil) == configuration.isClassConditional,
      "a class must be given if the network is class-conditional, and only then")

    var timestep = timeEmbedding(timesteps(t))
    if let classes, let index { timestep = timestep + classes(index, timesteps: timesteps) }
    if let augmentation, let labels { timestep = timestep + augmentation(labels) }

    let patch = configuration.patchSize
    var h = convIn(patch.map { pixelUnshuffle(x, factor: $0) } ?? x)
    var skips = [h]
    for level in down { h = level(h, timestep: timestep, skips: &skips) }
    h = middle?(h, timestep: timestep) ?? h
    for level in up { h = level(h, timestep: timestep, skips: &skips) }
    h = convOut(normOut.map { silu($0(h)) } ?? h)
    return patch.map { pixelShuffle(h, factor: $0) } ?? h
  }
}

/// A timestep as a vector: sines and cosines, or a row of a learned table.
struct TimestepEncoder {
  let table: Embedding?
  let channels: Int
  let flipSineToCosine: Bool
  let frequencyShift: Float

  init(_ scope: Scope, _ configuration: UNetConfiguration) {
    channels = configuration.channelsPerLevel[0]
    flipSineToCosine = configuration.flipSineToCosine
    frequencyShift = configuration.frequencyShift
    table = configuration.learnedTimestepCount.map { [channels] count in
      Embedding(scope, count: count, channels: channels)
    }
  }

  /// t: (N) → (N, C)
  func callAsFunction(_ t: Value) -> Value {
    table?(t)
      ?? timestepEmbedding(
        t, channels: channels, flipSineToCosine: flipSineToCosine, frequencyShift: frequencyShift)
  }
}

/// A class as a vector that is added to the embedded timestep.
enum ClassEmbedding {
  case table(Embedding)
  case asTimestep(TimestepEmbedding)

  init?(_ scope: Scope, _ configuration: UNetConfiguration) {
    let channels = configuration.channelsPerLevel[0]
    if configuration.classIsEmbeddedAsTimestep {
      self = .asTimestep(
        TimestepEmbedding(scope, from: channels, to: configuration.embeddingLength))
    } else if let count = configuration.classCount {
      self = .table(Embedding(scope, count: count, channels: configuration.embeddingLength))
    } else {
      return nil
    }
  }

  /// index: (N) → (N, E)
  func callAsFunction(_ index: Value, timesteps: TimestepEncoder) -> Value {
    switch self {
    case .table(let table): table(index)
    case .asTimestep(let embed): embed(timesteps(index))
    }
  }
}
