import Images
import PNGCodec
import Testing

@Suite struct FitTests {
  static func gray(_ width: Int, _ height: Int, _ pixels: [UInt8]) -> PixelImage {
    PixelImage(width: width, height: height, format: .gray, pixels: pixels)
  }

  @Test(
    arguments: [
      // Whole factors: plain averages.
      ([0, 100, 200, 100], 2, [50, 150]),
      // 3 to 2: each takes one pixel and half of the middle one.
      ([30, 90, 150], 2, [50, 130]),
      // 5 to 2: two and a half pixels each.
      ([0, 0, 100, 200, 200], 2, [20, 180]),
      ([10, 20, 30], 1, [20]),
      // Enlarging: linear between centers, flat at the ends.
      ([0, 100], 4, [0, 25, 75, 100]),
      ([7], 3, [7, 7, 7]),
      ([0, 100, 200], 3, [0, 100, 200]),
    ] as [([UInt8], Int, [UInt8])])
  func `shrinking averages areas and enlarging interpolates`(
    pixels: [UInt8], width: Int, expected: [UInt8]
  ) {
    let row = Self.gray(pixels.count, 1, pixels)
    #expect(row.resampled(to: ImageSize(width: width, height: 1)).pixels == expected)
    let column = Self.gray(1, pixels.count, pixels)
    #expect(column.resampled(to: ImageSize(width: 1, height: width)).pixels == expected)
  }

  @Test func `a shrunk image keeps its mean`() {
    let image = Self.gray(31, 23, (0..<(31 * 23)).map { UInt8($0 * 2654435761 % 251) })
    let small = image.resampled(to: ImageSize(width: 7, height: 5))
    func mean(_ image: PixelImage) -> Double {
      Double(image.pixels.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count)
    }
    #expect(abs(mean(image) - mean(small)) < 0.5)
  }

  @Test func `transparent pixels lend no color`() {
    let image = PixelImage(
      width: 2, height: 1, format: .rgba, pixels: [200, 100, 50, 255, 0, 0, 0, 0])
    #expect(image.resampled(to: ImageSize(width: 1, height: 1)).pixels == [200, 100, 50, 128])
  }

  @Test func `crop keeps the middle, and the pixels where nothing has to be scaled`() {
    let image = Self.gray(5, 2, [0, 1, 2, 3, 4, 10, 11, 12, 13, 14])
    let cropped = Fit.crop.apply(to: image, size: ImageSize(width: 2, height: 2))
    #expect(cropped.pixels == [1, 2, 11, 12])
    let wide = Self.gray(8, 4, (0..<32).map { UInt8($0 % 8 * 10) })
    let small = Fit.crop.apply(to: wide, size: ImageSize(width: 2, height: 2))
    #expect(small.pixels == [25, 45, 25, 45])
  }

  @Test func `resize stretches`() {
    let image = Self.gray(4, 1, [0, 100, 200, 100])
    let resized = Fit.resize.apply(to: image, size: ImageSize(width: 2, height: 2))
    #expect(resized.pixels == [50, 150, 50, 150])
  }

  @Test func `pad shows all of the image on a background`() {
    let image = Self.gray(4, 2, [UInt8](repeating: 7, count: 8))
    let padded = Fit.pad.apply(to: image, size: ImageSize(width: 4, height: 4), background: .black)
    #expect(padded.pixels == [0, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 0])
    let clear = PixelImage(
      width: 1, height: 2, format: .rgba, pixels: [1, 2, 3, 255, 4, 5, 6, 255])
    let square = Fit.pad.apply(to: clear, size: ImageSize(width: 2, height: 2))
    #expect(square.pixels == [1, 2, 3, 255, 255, 255, 255, 0, 4, 5, 6, 255, 255, 255, 255, 0])
  }

  @Test func `random crops leave larger images alone and enlarge smaller ones`() {
    let large = Self.gray(5, 4, (0..<20).map { UInt8($0) })
    #expect(Fit.randomCrop.apply(to: large, size: ImageSize(width: 3, height: 4)) == large)
    let small = Self.gray(3, 2, (0..<6).map { UInt8($0) })
    let enlarged = Fit.randomCrop.apply(to: small, size: ImageSize(width: 4, height: 4))
    #expect(enlarged.width == 6 && enlarged.height == 4)
  }

  @Test(arguments: Fit.allCases.filter { $0 != .randomCrop })
  func `every way ends at the size`(fit: Fit) {
    for (width, height) in [(1, 1), (3, 50), (50, 3), (17, 19), (16, 16)] {
      for (w, h) in [(1, 1), (16, 16), (8, 24), (33, 5)] {
        let image = PixelImage(width: width, height: height, format: .rgb, filledWith: 99)
        let fitted = fit.apply(
          to: image, size: ImageSize(width: w, height: h),
          background: RGB(red: 99, green: 99, blue: 99))
        #expect(fitted == PixelImage(width: w, height: h, format: .rgb, filledWith: 99))
      }
    }
  }
}
