import Checkpoints
import Files
import Foundation
import Images
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import Testing
import Training

@Suite struct SampleQualityTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture(pictures: 12) }

  private var settings: TrainingSettings {
    var settings = TrainingFixture.settings(steps: 6)
    settings.sampleEvery = 2
    settings.checkpointEvery = 3
    return settings
  }

  private func rows(_ name: String) throws -> [String] {
    try String(
      contentsOfFile: fixture.run(name).path.appending("quality.csv").string, encoding: .utf8
    )
    .split(separator: "\n").map(String.init)
  }

  @Test
  func `a run tells at each sample sheet how near the images are, however often it is stopped`()
    throws
  {
    let notes = try fixture.train("whole", settings).notes
    let rows = try rows("whole")
    #expect(rows[0] == "step,sliced_wasserstein")
    #expect(rows.dropFirst().map { $0.prefix(2) } == ["2,", "4,", "6,"])
    #expect(notes.count { $0.contains("sliced Wasserstein distance") } == 3)
    #expect(notes.contains { $0.hasPrefix("step 2: samples") && $0.hasSuffix("(lower is better)") })
    var asked = 0
    try fixture.train("parts", settings) {
      asked += 1
      return asked > 2
    }
    try fixture.train("parts", settings)
    #expect(try self.rows("parts") == rows)
  }

  @Test func `a sheet's distance is that of its pictures`() throws {
    try fixture.train("run", settings)
    let sheet = try PNGReader.read(
      fixture.run("run").path.appending("samples/step-00000006.png"), as: .rgb)
    var images: [PixelImage] = []
    for y in 0..<8 {
      for x in 0..<8 {
        var pixels: [UInt8] = []
        let side = sheet.width / 8
        for row in 0..<16 {
          let first =
            ((y * side + (side - 16) / 2 + row) * sheet.width + x * side + (side - 16) / 2) * 3
          pixels += sheet.pixels[first..<(first + 48)]
        }
        images.append(PixelImage(width: 16, height: 16, format: .rgb, pixels: pixels))
      }
    }
    let dataset = Dataset(
      try ImageListing.images(in: [fixture.pictures], output: nil) { _ in }.files,
      size: ImageSize(width: 16, height: 16), format: .rgb)
    let own = try #require(PatchPyramid(images, seed: 0))
    #expect(own.distance(to: own) == 0)
    let all = try dataset.files.indices.map { try dataset.image(at: $0) }
    let real = try #require(PatchPyramid(all, seed: 0))
    // Nearly the images that were trained on: three of twelve were held out.
    let found = own.distance(to: real)
    let told = try #require(Double(rows("run")[3].dropFirst(2)))
    #expect(abs(found - told) < 0.25 * told)
  }

  @Test func `a run that has levelled off is one without gain for five sheets`() {
    #expect(!SampleQuality.hasLevelledOff([]))
    #expect(!SampleQuality.hasLevelledOff([50, 40, 39.5, 41, 39.9, 42]))
    #expect(SampleQuality.hasLevelledOff([50, 40, 39.5, 41, 39.9, 42, 39.3]))
    #expect(!SampleQuality.hasLevelledOff([50, 40, 39.5, 41, 39.9, 42, 39.1]))
    // Small gains add up.
    #expect(!SampleQuality.hasLevelledOff([50, 49.5, 49.2, 48.9, 48.6, 48.3, 48]))
  }

  @Test func `a run ends where its samples become no better, and is over`() throws {
    var settings = settings
    settings.steps = 200
    settings.sampleEvery = 1
    settings.checkpointEvery = 200
    settings.untilGood = true
    settings.learningRate = 1e-9
    let (outcome, notes) = try fixture.train("run", settings)
    #expect(outcome.step == 6 && !outcome.wasInterrupted)
    #expect(
      notes.contains {
        $0.contains("less than 2 % nearer to the images over the last 5 sample sheets")
      })
    let again = try fixture.train("run", settings)
    #expect(again.outcome.step == 6 && again.outcome.stepsNow == 0)
    #expect(again.notes.contains { $0.contains("the run has already ended after 6 steps") })
    settings.untilGood = false
    settings.steps = 8
    #expect(try fixture.train("run", settings).outcome.step == 8)
  }

  @Test func `what has no samples cannot end by them`() throws {
    var settings = settings
    settings.untilGood = true
    settings.sampleEvery = 0
    let error = #expect(throws: SettingError.self) { try fixture.train("run", settings) }
    #expect(error?.description.contains("until-good") == true)
  }

  // Samples of crops were compared with whole images, made small, and there was no picture of examples.
  @Test func `with random crops pieces of images are compared and shown`() throws {
    var settings = settings
    settings.fit = .randomCrop
    settings.size = ImageSize(width: 16, height: 16)
    try fixture.train("crops", settings)
    let examples = try PNGReader.read(
      fixture.run("crops").path.appending("examples.png"), as: .rgb)
    #expect(examples.width >= 6 * 16)
    let plan = try TrainingPlan(
      inputs: [fixture.pictures], run: fixture.run("planned"), settings: settings)
    let image = try PNGReader.read(plan.training[0].path, as: .rgb)
    let piece = plan.examples(of: [plan.training[0]])[0]
    #expect(piece == image.middle(of: ImageSize(width: 16, height: 16)))
    #expect(piece.pixels.prefix(3) == image.pixels[((8 * 32 + 8) * 3)...].prefix(3))
  }
}
