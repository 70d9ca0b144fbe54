import Checkpoints
import Foundation
import Images
import PNGCodec
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// What a plan says of images that commonly spoil a training, and of what it has chosen.
@Suite struct TrainingWarningTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var pictures: FilePath { folder / "pictures" }

  private func plan(_ change: (inout TrainingSettings) -> Void = { _ in }) throws -> TrainingPlan {
    var settings = TrainingSettings(preset: "tiny")
    settings.batch = 4
    settings.validation = 0
    settings.steps = 10_000
    change(&settings)
    return try TrainingPlan(
      inputs: [pictures], run: RunFolder(folder / "run"), settings: settings)
  }

  private func warnings(_ change: (inout TrainingSettings) -> Void = { _ in }) throws
    -> [TrainingWarning.Kind: String]
  {
    Dictionary(
      uniqueKeysWithValues: try plan(change).warnings.map { ($0.kind, $0.text) })
  }

  /// Images of different pixels.
  private func write(
    _ count: Int, width: Int = 16, height: Int = 16, format: PixelFormat = .rgb,
    to name: String = "", from first: Int = 0
  ) throws {
    for number in first..<(first + count) {
      var image = PixelImage(width: width, height: height, format: format, filledWith: 90)
      for p in image.pixels.indices { image.pixels[p] = UInt8((p * 7 + number * 13) % 251) }
      if format.hasAlpha {
        for p in stride(from: format.channels - 1, to: image.pixels.count, by: format.channels) {
          image.pixels[p] = 255
        }
      }
      try PNGWriter.write(image, to: pictures.appending("\(name)\(number).png"))
    }
  }

  private func makeFolder(_ name: String = "") throws {
    try FileManager.default.createDirectory(
      atPath: pictures.appending(name).string, withIntermediateDirectories: true)
  }

  @Test func `good images give no warning, and a few give one`() throws {
    try makeFolder()
    try write(199)
    #expect(
      try warnings() == [
        .fewImages:
          "there are only 199 images to train on, of which the model may make near copies; add "
          + "more, best 200 or more"
      ])
    try write(1, from: 199)
    #expect(try warnings() == [:])
  }

  @Test func `one image alone is learned by heart`() throws {
    try makeFolder()
    try write(1)
    #expect(try warnings()[.fewImages]?.hasPrefix("there is only one image to train on, ") == true)
    // Of a large one random crops are many images.
    try write(1, width: 512, height: 512)
    let crops = try warnings {
      $0.size = ImageSize("16")
      $0.fit = .randomCrop
    }
    #expect(crops == [:])
  }

  @Test func `fits that lose or add much are named with what they cost`() throws {
    try makeFolder()
    try write(220, width: 32, height: 16)
    func text(_ fit: Fit, _ kind: TrainingWarning.Kind, _ size: String = "16") throws -> String? {
      let all = try warnings {
        $0.size = ImageSize(size)
        $0.fit = fit
      }
      #expect(all.count <= 1)
      return all[kind]
    }
    #expect(
      try text(.crop, .cropped)
        == "cropping to 16 x 16 pixels cuts off 50 % of the images' area; use a `size` of their shape, "
        + "or `fit` pad or resize")
    #expect(try text(.resize, .stretched)?.contains("by a factor of 2 on average") == true)
    #expect(
      try text(.pad, .padded)?.contains("50 % of the training images' area background") == true)
    for fit in Fit.allCases { #expect(try text(fit, .cropped, "32x16") == nil) }
    let enlarged = try text(.crop, .enlarged, "64x32")
    #expect(
      enlarged
        == "100 % of the images are much smaller than 64 x 32 pixels and are enlarged, up to 2 "
        + "times; use a smaller `size`, or leave small images out")
    // Some of them hard, most of them not at all.
    try write(40, width: 32, height: 64, from: 220)
    let some = try text(.crop, .cropped, "32x16")
    #expect(some?.contains("cuts off 12 % of the images' area on average and up to 75 %") == true)
  }

  @Test func `grays in color files are told of, all or some`() throws {
    try makeFolder()
    for number in 0..<200 {
      var image = PixelImage(width: 8, height: 8, format: .rgb, filledWith: 0)
      for p in 0..<64 { for c in 0..<3 { image.pixels[3 * p + c] = UInt8((p * number) % 256) } }
      image.pixels[0] = UInt8(number)
      image.pixels[1] = UInt8(number)
      image.pixels[2] = UInt8(number)
      try PNGWriter.write(image, to: pictures.appending("\(number).png"))
    }
    #expect(
      try warnings() == [
        .grayscale:
          "all of the 200 images looked at show only grays, though they are stored in color; use "
          + "`channels` 1 to train on grayscale"
      ])
    #expect(try warnings { $0.channels = 3 } == [:], "that is what the user wants")
    try write(200, width: 8, height: 8, to: "color")
    #expect(
      try warnings()[.grayscale]?.hasPrefix("200 of the 400 images looked at show only grays")
        == true)
    for number in 0..<190 {
      try FileManager.default.removeItem(atPath: pictures.appending("\(number).png").string)
    }
    #expect(try warnings() == [:], "a few of them are nobody's fault")
  }

  @Test func `copies are found by pixels, however their files are made`() throws {
    try makeFolder()
    try write(190)
    // The same pixels, in files that differ.
    for number in 0..<10 {
      let image = try PNGReader.read(pictures.appending("\(number).png"))
      try PNGWriter.write(
        image, text: [PNGText("Title", "\(number)")],
        to: pictures.appending("x\(number).png"))
    }
    let text = try #require(try warnings()[.duplicates])
    #expect(
      text.hasPrefix("5 % of the images (10 of 200 looked at) are exact copies of others, such as ")
    )
    #expect(text.contains("x0.png of ") && text.hasSuffix("remove them"))
    try FileManager.default.removeItem(atPath: pictures.appending("x9.png").string)
    #expect(try warnings()[.duplicates] == nil)
  }

  @Test func `transparent pixels that get a background are told of`() throws {
    try makeFolder()
    try write(200)
    try write(30, format: .rgba, to: "a")
    #expect(try warnings() == [:], "alpha that is opaque")
    let image = PixelImage(width: 16, height: 16, format: .rgba, filledWith: 7)
    try PNGWriter.write(image, to: pictures.appending("clear.png"))
    #expect(
      try warnings()[.transparency]
        == "Less than 1 % of the images have transparent pixels; they get the background #ffffff; use "
        + "`channels` 4 to train on RGBA")
    #expect(try warnings { $0.channels = 3 } == [:])
  }

  @Test func `classes of few images are named`() throws {
    for (name, count) in [("owl", 3), ("crow", 19), ("wren", 190)] {
      try makeFolder(name)
      try write(count, to: "\(name)/", from: count)
    }
    #expect(
      try warnings { $0.classes = .folders }[.fewOfClass]
        == "2 of 3 classes have fewer than 20 images to train on (owl 3, crow 19); add images, or leave "
        + "such classes out")
    #expect(try warnings()[.fewOfClass] == nil)
  }

  @Test func `a run that ends before there is anything to see is told of`() throws {
    try makeFolder()
    try write(200)
    #expect(
      try warnings { ($0.steps, $0.batch) = (400, 16) } == [
        .fewSteps:
          "the run ends after 400 steps, and images become recognizable after about 800; use "
          + "`steps` 800 or more"
      ])
    #expect(try warnings { ($0.steps, $0.batch) = (800, 16) } == [:])
  }

  @Test func `what was chosen is told with its reason, and what was given as given`() throws {
    try makeFolder()
    try write(200, width: 16, height: 8)
    func words(_ change: (inout TrainingSettings) -> Void = { _ in }) throws -> [String] {
      try plan(change).choices.map { "\($0.name) \($0.value): \($0.reason)" }
    }
    #expect(
      try words {
        $0.preset = TrainingSettings.automaticPreset
        $0.batch = 16
      } == [
        "size 16 x 8: size of all images", "channels 3 (RGB): color images",
        "preset small: default", "batch 16: default", "augment 0.12: fewer than 500 images",
        "steps 10000: given",
      ])
    let given = try words {
      $0.size = ImageSize("8")
      $0.channels = 1
      $0.augment = 0
    }
    #expect(
      given == [
        "size 8 x 8: given", "channels 1 (grayscale): given", "preset tiny: given",
        "batch 4: given", "augment 0: given", "steps 10000: given",
      ])
    let ofRecipe = try words {
      $0 = TrainingSettings(preset: "tiny", recipe: .ddpm)
      $0.steps = 10_000
    }
    #expect(
      ofRecipe == [
        "size 16 x 8: size of all images", "channels 3 (RGB): color images", "preset tiny: given",
        "recipe ddpm: given", "batch 16: default", "augment 0: recipe ddpm", "steps 10000: given",
      ])
    let lines = try plan().outlook
    #expect(lines.first == "settings:" && lines.contains("  batch     4        (given)"))
    #expect(lines.contains { $0.hasPrefix("memory: about ") && $0.contains("; disk: about ") })
    #expect(
      lines.contains(
        "first recognizable images: after about 3,200 steps (estimated from images of 32 x 32 pixels; larger "
          + "or more varied ones take longer)"))
  }

  @Test func `a few images that are decoded lie all over a large folder`() throws {
    try makeFolder()
    try write(40)
    let files = try ImageListing.images(in: [pictures]).files
    let survey = Survey(of: files, decodingPixels: 10 * 256)
    #expect(survey.pixels.count == 10 && survey.readable.count == 40)
  }
}
