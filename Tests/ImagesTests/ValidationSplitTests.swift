import Images
import SystemPackage
import Testing

@Suite struct ValidationSplitTests {
  static let files = (0..<4000).map { i in
    ImageFile(path: FilePath("/data/\(i).png"), relativePath: FilePath("sub/\(i).png"))
  }

  @Test(arguments: [
    (4, 0.9, 3), (4, 0.05, 1), (4, 0, 0), (2, 0.9, 1), (2, 0.01, 1), (1, 0.9, 0), (0, 0.5, 0),
    (16, 0.25, 4), (100, 0.5, 50), (4000, 0.05, 200), (3, 1, 2),
  ])
  func `the fraction of the number is kept back, at least one and never all`(
    count: Int, fraction: Double, kept: Int
  ) {
    let files = Array(Self.files[..<count])
    let (training, validation) = ValidationSplit(fraction: fraction).split(files)
    #expect(validation.count == kept)
    #expect(training.count + validation.count == count)
    #expect(Set(training).isDisjoint(with: validation))
  }

  @Test func `the order of the files, and where they lie, change nothing`() {
    let split = ValidationSplit(fraction: 0.3)
    let files = Array(Self.files[..<50])
    let kept = Set(split.split(files).validation.map(\.relativePath))
    #expect(Set(split.split(files.reversed()).validation.map(\.relativePath)) == kept)
    let moved = files.map {
      ImageFile(path: FilePath("/elsewhere\($0.path)"), relativePath: $0.relativePath)
    }
    #expect(Set(split.split(moved).validation.map(\.relativePath)) == kept)
    // One image more moves one image at most.
    let more = Set(split.split(Array(Self.files[..<51])).validation.map(\.relativePath))
    #expect(kept.subtracting(more).count <= 1)
  }

  @Test(arguments: [0, 0.05, 0.5])
  func `about the fraction is kept back where each is chosen by itself`(fraction: Double) {
    let (training, validation) = ValidationSplit(fraction: fraction, of: .each).split(Self.files)
    #expect(training.count + validation.count == 4000)
    #expect(Set(training).isDisjoint(with: validation))
    // Five standard deviations.
    let spread = 5 * (4000 * fraction * (1 - fraction)).squareRoot()
    #expect(abs(Double(validation.count) - 4000 * fraction) <= spread)
  }

  @Test func `then an image's part depends on its relative name alone`() {
    let half = ValidationSplit(fraction: 0.5, of: .each)
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
