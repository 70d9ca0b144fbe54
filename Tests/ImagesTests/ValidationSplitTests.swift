import Images
import SystemPackage
import Testing

@Suite struct ValidationSplitTests {
  static let files = (0..<4000).map { i in
    ImageFile(path: FilePath("/data/\(i).png"), relativePath: FilePath("sub/\(i).png"))
  }

  @Test(arguments: [0, 0.05, 0.5])
  func `about the fraction is kept back, and every image is in one part`(fraction: Double) {
    let (training, validation) = ValidationSplit(fraction: fraction).split(Self.files)
    #expect(training.count + validation.count == 4000)
    #expect(Set(training).isDisjoint(with: validation))
    // Five standard deviations.
    let spread = 5 * (4000 * fraction * (1 - fraction)).squareRoot()
    #expect(abs(Double(validation.count) - 4000 * fraction) <= spread)
  }

  @Test func `an image's part depends on its relative name alone`() {
    let half = ValidationSplit(fraction: 0.5)
    let moved = Self.files.map {
      ImageFile(path: FilePath("/elsewhere\($0.path)"), relativePath: $0.relativePath)
    }
    #expect(moved.map(half.isValidation) == Self.files.map(half.isValidation))
    #expect(
      half.split(Array(Self.files[..<100])).validation
        == half.split(Self.files).validation.filter { Self.files[..<100].contains($0) })
  }

  @Test func `the hash never changes`() {
    let quarter = ValidationSplit(fraction: 0.25)
    let kept = (0..<24).filter {
      quarter.isValidation(ImageFile(path: "x", relativePath: FilePath("\($0).png")))
    }
    #expect(kept == [3, 6, 13, 16])
  }

  @Test func `one image is trained on`() {
    let (training, validation) = ValidationSplit(fraction: 1).split(Array(Self.files[..<1]))
    #expect(training.count == 1 && validation == [])
  }
}
