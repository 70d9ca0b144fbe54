/// Everything that decides a U-Net's parameters and what it computes: the options of diffusers'
/// `UNet2DModel`. It says nothing about the size of images, which only has to suit `strideMultiple`.
package struct UNetConfiguration: Codable, Equatable, Sendable {
  /// What stands between the way down and the way up.
  package enum MiddleBlock: String, Codable, Sendable {
    case none
    /// Two residual blocks.
    case residual
    /// Two residual blocks with attention between them.
    case attention
  }

  package var inputChannels: Int
  package var outputChannels: Int
  /// The side of the squares of pixels that go through the network as the channels of one (Shi et al.
  /// 2016; Zhang et al. 2018 for denoising): with 2 it sees a fourth of the pixels. Nil means 1.
  package var patchSize: Int?
  /// From full resolution down; every further level has half the height and width.
  package var channelsPerLevel: [Int]
  /// Residual blocks of a level on the way down; on the way up there is one more.
  package var layersPerBlock: Int
  /// Whether attention follows each residual block, for every level.
  package var attentionLevels: [Bool]
  /// The same for the way up, level 0 first; nil means `attentionLevels`.
  package var upAttentionLevels: [Bool]?
  package var middleBlock: MiddleBlock
  /// Channels of an attention head; nil means a single head.
  package var headDimension: Int?
  /// 0 normalizes each pixel over its channels (layer norm): then a result depends on the pixels around
  /// it alone, and not on the image's statistics.
  package var normGroups: Int
  /// Groups of the middle attention's norm; nil means `normGroups`.
  package var middleAttentionGroups: Int?
  package var normEpsilon: Float
  /// Whether a norm and SiLU come before the last convolution; nil means so. Without them an answer can be as small or
  /// as large as what it is about, as noise is that is to be taken away (Chen et al. 2022, NAFNet).
  package var hasOutputNorm: Bool?
  /// 1: zeros on all sides before a convolution of stride 2; 0: only below and to the right.
  package var downsamplePadding: Int
  /// Cosines before sines in the timestep's embedding.
  package var flipSineToCosine: Bool
  /// Subtracted from the number of frequencies in the exponent's denominator.
  package var frequencyShift: Float
  /// With a count the timestep's sines and cosines are replaced by a learned table of that many rows.
  package var learnedTimestepCount: Int?
  /// Length of the embedded timestep; nil means four times the first level's channels.
  package var timeEmbeddingChannels: Int?
  package var dropout: Float
  /// The number of classes that the network is told apart by a learned table; nil for none.
  package var classCount: Int?
  /// A class is a number that is embedded as a timestep is, instead of a row of a table.
  package var classIsEmbeddedAsTimestep: Bool
  /// How many numbers tell the network in training how an image was changed (Karras et al. 2022, appendix F.2); nil
  /// for none. At sampling all are 0, which is to say nothing.
  package var augmentationLabels: Int?

  /// Names in JSON, as it stands in checkpoints.
  enum CodingKeys: String, CodingKey {
    case inputChannels = "input_channels"
    case outputChannels = "output_channels"
    case patchSize = "patch_size"
    case channelsPerLevel = "channels_per_level"
    case layersPerBlock = "layers_per_block"
    case attentionLevels = "attention_levels"
    case upAttentionLevels = "up_attention_levels"
    case middleBlock = "middle_block"
    case headDimension = "head_dimension"
    case normGroups = "norm_groups"
    case middleAttentionGroups = "middle_attention_groups"
    case normEpsilon = "norm_epsilon"
    case hasOutputNorm = "output_norm"
    case downsamplePadding = "downsample_padding"
    case flipSineToCosine = "flip_sine_to_cosine"
    case frequencyShift = "frequency_shift"
    case learnedTimestepCount = "learned_timestep_count"
    case timeEmbeddingChannels = "time_embedding_channels"
    case dropout
    case classCount = "class_count"
    case classIsEmbeddedAsTimestep = "class_is_embedded_as_timestep"
    case augmentationLabels = "augmentation_labels"
  }

  /// A network for images of `channels` channels with diffusers' defaults for what is not given.
  package init(
    channels: Int, channelsPerLevel: [Int], layersPerBlock: Int, attentionLevels: [Bool],
    headDimension: Int? = 8, normGroups: Int = 32
  ) {
    inputChannels = channels
    outputChannels = channels
    self.channelsPerLevel = channelsPerLevel
    self.layersPerBlock = layersPerBlock
    self.attentionLevels = attentionLevels
    middleBlock = .attention
    self.headDimension = headDimension
    self.normGroups = normGroups
    normEpsilon = 1e-5
    downsamplePadding = 1
    flipSineToCosine = true
    frequencyShift = 0
    dropout = 0
    classIsEmbeddedAsTimestep = false
  }

  /// What an image's height and width must be multiples of.
  package var strideMultiple: Int { (patchSize ?? 1) << max(0, channelsPerLevel.count - 1) }

  /// The length of the vector that a timestep, and a class, is embedded in.
  var embeddingLength: Int {
    timeEmbeddingChannels ?? 4 * (channelsPerLevel.first ?? 0)
  }

  /// Whether the network is told a class.
  package var isClassConditional: Bool { classCount != nil || classIsEmbeddedAsTimestep }

  /// Whether another network differs at most in what it is told beside the image: a class, and how the image was changed.
  package func hasSameBlocks(as other: UNetConfiguration) -> Bool {
    onlyTheImage == other.onlyTheImage
  }

  /// The network that is told nothing beside the image, without dropout, which has no weights.
  private var onlyTheImage: UNetConfiguration {
    var network = self
    (network.classCount, network.augmentationLabels, network.dropout) = (nil, nil, 0)
    return network
  }

  /// Whether any pixel sees the whole image, so that a result depends on what else is in the image.
  package var hasAttention: Bool {
    middleBlock == .attention || attentionLevels.contains(true)
      || upAttentionLevels?.contains(true) ?? false
  }
}
