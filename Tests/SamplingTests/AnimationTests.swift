import Checkpoints
import Files
import Foundation
import Images
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

/// The sampling process as a picture: a strip or an animation.
@Suite struct AnimationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func generator(steps: Int = 4, seed: UInt64 = 5) throws -> Generator {
    var settings = GenerationSettings()
    (settings.seed, settings.steps) = (seed, steps)
    return try Generator(TinyModel.make(), settings)
  }

  @discardableResult
  private func generate(
    _ name: String, count: Int, _ generator: Generator? = nil, animation: String? = nil,
    change: (inout GenerationJob) -> Void = { _ in }
  ) throws -> GenerationJob.Outcome {
    var job = GenerationJob(output: folder / name, count: count)
    job.batch = 3
    job.animation = animation.map { folder / $0 }
    change(&job)
    return try job.run(generator ?? self.generator())
  }

  private func contents(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: (folder / name).string))
  }

  /// The image of 8 x 8 in a picture's row and column.
  private func cell(_ picture: PixelImage, row: Int, column: Int) -> [UInt8] {
    (0..<8).flatMap { y in
      let start = ((2 + row * 10 + y) * picture.width + 2 + column * 10) * 3
      return picture.pixels[start..<(start + 24)]
    }
  }

  @Test func `a strip has a row an image, and ends with the images`() throws {
    try generate("plain", count: 10)
    try generate("out", count: 10, animation: "pictures/film.png")
    let strip = try PNGReader.read(folder / "pictures/film.png")
    // Eight images at four evaluations and the end.
    #expect(strip.width == 2 + 5 * 10 && strip.height == 2 + 8 * 10)
    for index in 0..<8 {
      let image = try PNGReader.read(folder / "out/00000\(index).png").pixels
      #expect(cell(strip, row: index, column: 4) == image)
      #expect(cell(strip, row: index, column: 0) != image)
    }
    for index in 0..<10 {
      #expect(try contents("out/00000\(index).png") == contents("plain/00000\(index).png"))
    }
  }

  @Test func `what is shown is what the trajectory has as predictions`() throws {
    try generate("out", count: 2, animation: "film.png") { $0.trajectory = folder / "t.h5" }
    let strip = try PNGReader.read(folder / "film.png")
    let file = try StepTensorsFile(opening: folder / "t.h5")
    for (image, step) in [(0, 0), (1, 2)] {
      let prediction = try #require(try file.second(image: image, step: step))
      let expected = Pixels.image(prediction[...], width: 8, height: 8, format: .rgb)
      #expect(cell(strip, row: image, column: step) == expected.pixels)
    }
  }

  @Test func `many steps are shown at twelve moments, the first and the last among them`() throws {
    let generator = try generator(steps: 20)
    try generate("out", count: 1, generator, animation: "film.png") {
      $0.trajectory = folder / "t.h5"
    }
    let strip = try PNGReader.read(folder / "film.png")
    #expect(strip.width == 2 + 12 * 10 && strip.height == 12)
    let first = try #require(
      try StepTensorsFile(opening: folder / "t.h5").second(image: 0, step: 0))
    #expect(
      cell(strip, row: 0, column: 0)
        == Pixels.image(first[...], width: 8, height: 8, format: .rgb).pixels)
    #expect(
      try cell(strip, row: 0, column: 11) == PNGReader.read(folder / "out/000000.png").pixels)
  }

  @Test func `an animation ends with all images side by side, as a grid has them`() throws {
    try generate("out", count: 10, animation: "film.apng") { $0.grid = folder / "grid.png" }
    #expect(
      try PNGReader.read(folder / "film.apng") == PNGReader.read(folder / "grid.png"))
    let bytes = try contents("film.apng")
    #expect(bytes.range(of: Data("acTL\0\0\0\u{5}".utf8)) != nil)
  }

  @Test func `an animation of images that are there leaves them as they are`() throws {
    try generate("out", count: 10)
    // Not what would be drawn, so that a second writing would show.
    let path = folder / "out/000001.png"
    let text = try PNGReader.text(of: path)
    try PNGWriter.write(
      PixelImage(width: 8, height: 8, format: .rgb, filledWith: 77), text: text, to: path)
    let before = try contents("out/000001.png")
    let outcome = try generate("out", count: 10, animation: "film.png")
    #expect(outcome.written == 0 && outcome.skipped == 10)
    #expect(try contents("out/000001.png") == before)

    try generate("fresh", count: 10, animation: "fresh.png")
    #expect(try contents("fresh.png") == contents("film.png"))
  }

  @Test func `an animation that is there is not made again, and grows with its images`() throws {
    try generate("out", count: 2, animation: "film.png")
    let before = try contents("film.png")
    try generate("out", count: 2, animation: "film.png")
    #expect(try contents("film.png") == before)
    try generate("out", count: 20, animation: "film.png")
    #expect(try PNGReader.header(of: folder / "film.png").height == 82)
    // It has no room for more.
    let eight = try contents("film.png")
    try generate("out", count: 21, animation: "film.png")
    #expect(try contents("film.png") == eight)
  }

  @Test func `an animation replaces no other picture, and its name tells its kind`() throws {
    try generate("out", count: 2, animation: "film.png") { $0.grid = folder / "grid.png" }
    let names = try folder.names()
    for (name, found) in [
      ("grid.png", "a grid"), ("out/000000.png", "an image"),
    ] {
      #expect(
        refusal(in: folder.path) { try generate("out", count: 3, animation: name) }
          .hasPrefix(
            "\(name): is \(found) by stipple generate, and this command would write a strip by "))
    }
    let other = try generator(seed: 6)
    #expect(
      refusal(in: folder.path) { try generate("other", count: 2, other, animation: "film.png") }
        .hasPrefix("film.png: was made with other settings (`seed` 5); "))
    #expect(
      refusal(in: folder.path) { try generate("other", count: 2, animation: "film.gif") }
        == "`animation`: film.gif must end in .apng (animation) or .png (strip)"
    )
    #expect(try folder.names() == names)
  }
}
