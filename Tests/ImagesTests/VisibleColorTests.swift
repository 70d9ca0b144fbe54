import Images
import PNGCodec
import Testing

@Suite struct VisibleColorTests {
  @Test func `hidden pixels take the color of the visible ones around them`() {
    // A row: visible red, hidden green three times, visible blue.
    let row = PixelImage(
      width: 5, height: 1, format: .rgba,
      pixels: [200, 0, 0, 255] + [UInt8](repeatingGreen: 3) + [0, 0, 100, 1])
    let filled = row.extendingVisibleColor
    for p in 0..<5 {
      #expect(filled.pixels[4 * p + 3] == row.pixels[4 * p + 3])
      #expect(filled.pixels[4 * p + 1] == 0)
      #expect(filled.pixels[4 * p] <= 200 && filled.pixels[4 * p + 2] <= 100)
    }
    #expect(filled.pixels[..<4] == row.pixels[..<4] && filled.pixels[16...] == row.pixels[16...])
    #expect(filled.pixels[4] > filled.pixels[12], "red fades")
  }

  @Test(arguments: [(1, 1), (7, 3), (64, 33), (1, 100)])
  func `one visible pixel colors everything, whatever the size`(width: Int, height: Int) {
    var image = PixelImage(width: width, height: height, format: .grayAlpha, filledWith: 0)
    let seen = width * height / 2
    (image.pixels[2 * seen], image.pixels[2 * seen + 1]) = (93, 4)
    let filled = image.extendingVisibleColor
    #expect((0..<(width * height)).allSatisfy { filled.pixels[2 * $0] == 93 })
    #expect((0..<(width * height)).allSatisfy { filled.pixels[2 * $0 + 1] == ($0 == seen ? 4 : 0) })
  }

  @Test func `opaque images and those without a visible pixel stay`() {
    let opaque = PixelImage(width: 2, height: 2, format: .rgb, filledWith: 3)
    #expect(opaque.extendingVisibleColor == opaque)
    let clear = PixelImage(width: 2, height: 2, format: .rgba, filledWith: 0)
    #expect(clear.extendingVisibleColor == clear)
  }
}

extension [UInt8] {
  /// Hidden green pixels.
  fileprivate init(repeatingGreen count: Int) {
    self = (0..<count).flatMap { _ in [0, 255, 0, 0] as [UInt8] }
  }
}
