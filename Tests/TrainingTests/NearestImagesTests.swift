import Checkpoints
import Foundation
import Images
import PNGCodec
import Reports
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// Samples beside the training images that they are nearest to.
@Suite struct NearestImagesTests {
  private func plan(_ fixture: TrainingFixture, flip: Bool = false) throws -> TrainingPlan {
    var settings = TrainingFixture.settings(steps: 1)
    settings.size = nil
    settings.augment = 0
    settings.flip = flip
    return try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("run"), settings: settings)
  }

  private func nearest(_ plan: TrainingPlan) throws -> NearestImages {
    let images = try #require(plan.trainingImages)
    return try #require(NearestImages(plan, images))
  }

  private func image(_ file: ImageFile) throws -> PixelImage {
    try PNGReader.read(file.path, as: .rgb)
  }

  /// What the picture says of itself, and its images.
  private func written(_ folder: RunFolder) throws -> (copies: String?, cells: [PixelImage]) {
    let picture = try PNGReader.read(folder.nearest)
    let sheet = try #require(SheetPicture(picture, cell: ImageSize(width: 32, height: 32)))
    return (try Provenance(of: folder.nearest)?.value(of: "copies"), sheet.cells)
  }

  @Test func `copies are found beside what they are copies of, and counted`() throws {
    let fixture = try TrainingFixture(pictures: 120)
    let plan = try plan(fixture)
    let nearest = try self.nearest(plan)
    let run = fixture.run("run")
    try run.makeFolders()
    // Three copies, one of them a little changed, and one of nothing.
    var changed = try image(plan.training[7])
    for i in 0..<60 { changed.pixels[i] = 0 }
    let gray = PixelImage(width: 32, height: 32, format: .rgb, filledWith: 1)
    let samples = [gray, try image(plan.training[3]), changed, try image(plan.training[50])]
    try nearest.compare(samples, step: 5, in: run)
    let (copies, cells) = try written(run)
    #expect(copies == "75")
    #expect(cells[0] == samples[1] && cells[1] == samples[1])
    #expect(cells[2] == samples[3] && cells[3] == samples[3])
    #expect(cells[4] == changed)
    #expect(try cells[5] == image(plan.training[7]))
    #expect(cells[6] == gray)
  }

  @Test func `images held out are no copies, and mirrored ones are where training mirrors`() throws
  {
    let fixture = try TrainingFixture(pictures: 120)
    let run = fixture.run("run")
    try run.makeFolders()
    func share(_ flip: Bool, _ samples: (TrainingPlan) throws -> [PixelImage]) throws -> Int {
      let plan = try plan(fixture, flip: flip)
      try nearest(plan).compare(try samples(plan), step: 1, in: run)
      return Int(try written(run).copies ?? "") ?? -1
    }
    #expect(try share(false) { try $0.validation.map(image) } <= 5)
    func mirrored(_ plan: TrainingPlan) throws -> [PixelImage] {
      try plan.training.prefix(4).map { file in
        var image = try image(file)
        let pixels = image.pixels
        for p in 0..<(32 * 32) {
          let from = p / 32 * 32 + 31 - p % 32
          for c in 0..<3 { image.pixels[3 * p + c] = pixels[3 * from + c] }
        }
        return image
      }
    }
    #expect(try share(true, mirrored) == 100)
    #expect(try share(false, mirrored) < 100)
  }

  @Test func `with few images held out nothing is said of copies`() throws {
    let fixture = try TrainingFixture(pictures: 16)
    let plan = try plan(fixture)
    let run = fixture.run("run")
    try run.makeFolders()
    try nearest(plan).compare([image(plan.training[0])], step: 1, in: run)
    #expect(try written(run).copies == nil)
  }
}
