import Images
import PNGCodec
import Testing

@Suite struct TransparentPixelsTests {
  @Test func `under alpha 0 a generated image has the color of what is visible`() {
    // A red pixel, and three that are transparent with a network's noise for color: (C, H, W).
    let values: [Float] = [
      1, -0.3, 0.9, 0.2,
      -1, 0.7, 0.1, 1,
      -1, 0.4, 1, -0.8,
      1, -1, -1.2, -1,
    ]
    let image = Pixels.image(values[...], width: 2, height: 2, format: .rgba)
    let (visible, clear): ([UInt8], [UInt8]) = ([255, 0, 0, 255], [255, 0, 0, 0])
    #expect(image.pixels == visible + clear + clear + clear)
  }
}
