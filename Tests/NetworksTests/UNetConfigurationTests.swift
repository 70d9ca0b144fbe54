import Compiler
import Foundation
import Graph
import Networks
import Testing

@Suite struct UNetConfigurationTests {
  /// Counted by PyTorch and its FlopCounterMode with diffusers' UNet2DModel, for 32 x 32.
  @Test(arguments: [
    (UNetPreset.tiny, 1_063_651, 490_274_816), (.small, 4_437_699, 2_153_250_816),
    (.base, 14_738_051, 4_437_835_776), (.ddpm, 35_746_307, 12_443_713_536),
  ])
  func `presets have the size and the cost of diffusers' networks`(
    preset: UNetPreset, parameters: Int, operations: Int
  ) throws {
    let network = preset.configuration(channels: 3)
    try network.validate()
    #expect(network.parameterCount == parameters)
    #expect(network.floatingPointOperations(width: 32, height: 32) == operations)
  }

  @Test(arguments: UNetPreset.allCases, [1, 4])
  func `presets serve gray images and images with alpha`(
    preset: UNetPreset, channels: Int
  ) throws {
    let network = preset.configuration(channels: channels)
    try network.validate()
    let shapes = Dictionary(
      uniqueKeysWithValues: network.parameters.map { ($0.name, $0.shape) })
    let first = network.channelsPerLevel[0]
    let pixels = channels * (network.patchSize ?? 1) * (network.patchSize ?? 1)
    #expect(shapes["conv_in.weight"] == [first, pixels, 3, 3])
    #expect(shapes["conv_out.weight"] == [pixels, first, 3, 3])
  }

  @Test(arguments: UNetPreset.allCases)
  func `a configuration survives JSON`(preset: UNetPreset) throws {
    var network = preset.configuration(channels: 3)
    network.classCount = 7
    network.upAttentionLevels = network.attentionLevels.reversed()
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(UNetConfiguration.self, from: data) == network)
  }

  static let wrong: [(@Sendable (inout UNetConfiguration) -> Void, String)] = [
    ({ $0.inputChannels = 0 }, "inputChannels: 0 is not in 1 to 4096"),
    ({ $0.channelsPerLevel = [] }, "the number of levels in channelsPerLevel: 0 is not in 1 to 12"),
    (
      { $0.channelsPerLevel[1] = 100 },
      "channelsPerLevel: 100 channels cannot be divided into 32 groups (normGroups)"
    ),
    (
      { $0.channelsPerLevel[1] = .max },
      "a level of channelsPerLevel: 9223372036854775807 is not in 1 to 16384"
    ),
    ({ $0.layersPerBlock = 0 }, "layersPerBlock: 0 is not in 1 to 32"),
    (
      { $0.attentionLevels = [true] },
      "attentionLevels: 1 values for 3 levels of channelsPerLevel"
    ),
    (
      { $0.upAttentionLevels = [true] },
      "upAttentionLevels: 1 values for 3 levels of channelsPerLevel"
    ),
    (
      { $0.headDimension = 48 },
      "headDimension: 128 channels cannot be divided into heads of 48"
    ),
    ({ $0.headDimension = 0 }, "headDimension: 0 is not in 1 to 16384"),
    (
      { $0.middleAttentionGroups = 5 },
      "middleAttentionGroups: 128 channels cannot be divided into 5 groups"
    ),
    ({ $0.normGroups = -1 }, "normGroups: -1 is not in 0 to 4096"),
    ({ $0.patchSize = 0 }, "patchSize: 0 is not in 1 to 16"),
    ({ $0.normEpsilon = .nan }, "normEpsilon: nan is not between 0 and 1"),
    ({ $0.downsamplePadding = 2 }, "downsamplePadding: 2 is not in 0 to 1"),
    ({ $0.dropout = 1 }, "dropout: 1.0 is not at least 0 and less than 1"),
    ({ $0.frequencyShift = 32 }, "frequencyShift: 32.0 is not at least 0 and less than 32"),
    (
      {
        $0.normGroups = 1
        $0.channelsPerLevel[0] = 63
      },
      "channelsPerLevel: the first level has 63 channels; sines and cosines of the timestep need an "
        + "even number"
    ),
    ({ $0.classCount = 0 }, "classCount: 0 is not in 1 to 10000000"),
    (
      { $0.augmentationLabels = 1 << 60 },
      "augmentationLabels: 1152921504606846976 is not in 1 to 4096"
    ),
  ]

  @Test(arguments: wrong.indices)
  func `what cannot be built is refused with the property's name`(index: Int) {
    var network = UNetPreset.small.configuration(channels: 3)
    Self.wrong[index].0(&network)
    #expect {
      try network.validate()
    } throws: {
      "\($0)" == "network: \(Self.wrong[index].1)"
    }
  }

  @Test(arguments: [
    (33, 32, "32 x 32 and 36 x 32"), (30, 21, "28 x 20 and 32 x 24"), (1, 1, "4 x 4"),
    (0, -5, "4 x 4"),
  ])
  func `a size that does not suit gets the nearest that do`(
    width: Int, height: Int, nearest: String
  ) throws {
    let network = UNetPreset.small.configuration(channels: 3)
    #expect {
      try network.checkSize(width: width, height: height)
    } throws: {
      "\($0)"
        == "image size \(width) x \(height): width and height must be multiples of 4 for this "
        + "network; the nearest are \(nearest)"
    }
    try network.checkSize(width: 36, height: 4)
  }

  @Test func `a size near the end of all numbers is refused like others`() {
    let network = UNetPreset.small.configuration(channels: 3)
    #expect(throws: NetworkError.self) { try network.checkSize(width: .max, height: .max) }
    #expect("\(NetworkError.imageSize(width: .max, height: .max, multiple: 4))".isEmpty == false)
  }
}
