import Networks
import Testing

@Suite struct UNetLevelsTests {
  @Test(arguments: [
    (UNetPreset.small, 32, 32, 3), (.small, 64, 64, 3), (.small, 128, 128, 4),
    (.small, 256, 256, 5),
    (.tiny, 128, 128, 3), (.tiny, 256, 256, 4), (.ddpm, 32, 32, 4), (.ddpm, 256, 256, 6),
    // Half as many positions are enough.
    (.small, 128, 32, 3), (.small, 128, 64, 4),
    // Sides that can be halved no more than the preset does.
    (.small, 100, 100, 3), (.small, 200, 200, 4), (.small, 128, 100, 3),
    // Without attention no image is too large.
    (.denoiser, 512, 512, 3), (.restoration, 512, 512, 3),
  ])
  func `large images have more levels, as far as their sides can be halved`(
    preset: UNetPreset, width: Int, height: Int, levels: Int
  ) throws {
    #expect(preset.levels(width: width, height: height) == levels)
    let network = preset.configuration(channels: 3, levels: levels)
    try network.validate()
    try network.checkSize(width: width, height: height)
  }

  @Test func `attention moves down with added levels, which are as wide as the last`() {
    let network = UNetPreset.small.configuration(channels: 3, levels: 5)
    #expect(network.channelsPerLevel == [64, 128, 128, 128, 128])
    #expect(network.attentionLevels == [false, false, false, true, false])
  }

  @Test(arguments: UNetPreset.allCases)
  func `a preset's own levels change nothing`(preset: UNetPreset) {
    let own = preset.configuration(channels: 3)
    #expect(preset.configuration(channels: 3, levels: preset.ownLevels) == own)
  }
}
