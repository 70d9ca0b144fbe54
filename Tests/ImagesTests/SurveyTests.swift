import Files
import Foundation
import Images
import PNGCodec
import SystemPackage
import TestSupport
import Testing

@Suite struct SurveyTests {
  @Test func `images of one kind are summed up in two lines`() throws {
    let images = try TestImages(3)
    let survey = Survey(of: images.files)
    #expect(survey.summary == ["3 images: all 4 x 3 pixels", "grayscale, 8 bits"])
    #expect(survey.format == .gray && survey.transparentShare == 0)
    #expect(try survey.size(requested: nil) == ImageSize(width: 4, height: 3))
  }

  @Test func `sizes, kinds, broken images and duplicates are counted and named`() throws {
    let images = try TestImages(5)
    let folder = images.folder
    var files = images.files
    func add(_ name: FilePath) {
      files.append(ImageFile(path: folder / name.string, relativePath: name))
    }
    try PNGWriter.write(
      PixelImage(width: 9, height: 9, format: .rgba, filledWith: 3), to: folder / "rgba.png")
    add("rgba.png")
    try PNGWriter.write(
      DeepImage(width: 4, height: 3, format: .rgb, filledWith: 3), to: folder / "deep.png")
    add("deep.png")
    try images.spoil(1)
    let bytes = try PNGWriter.encode(
      PixelImage(width: 4, height: 3, format: .gray, filledWith: 12), named: "a.png")
    // Cut short within the pixels: the header alone would not tell.
    try AtomicFile.write(bytes.dropLast(20), to: folder / "short.png")
    add("short.png")
    try AtomicFile.write(bytes, to: folder / "copy.png")
    add("copy.png")
    try AtomicFile.write(bytes, to: folder / "copy2.png")
    add("copy2.png")

    let survey = Survey(of: files)
    #expect(
      survey.unreadable == [
        .notPNG(folder / "1.png", content: "it is text"),
        .cutShort(folder / "short.png", chunk: "IDAT"),
      ])
    #expect(survey.format == .rgb && survey.transparentShare > 0)
    #expect(
      survey.summary == [
        "10 images: 4 x 3 (7), 9 x 9 (1)",
        "grayscale, 8 bits (6); RGB with alpha, 8 bits (1); RGB, 16 bits (1)",
        "2 cannot be read and are left out:",
        "  \(folder / "1.png"): not a PNG: it is text",
        "  \(folder / "short.png"): broken PNG: the file ends within its IDAT chunk",
        "1 is a duplicate:",
        "  \(folder / "copy2.png"): same as \(folder / "copy.png")",
      ])
    #expect(throws: ImagesError.self) { try survey.size(requested: nil) }
    #expect {
      try survey.size(requested: nil)
    } throws: {
      "\($0)" == "\(folder.path): the images differ in size: 4 x 3 (7), 9 x 9 (1); "
        + "set `size`, such as `size` 64 (center crop; or `fit` resize or pad)"
    }
    let size = ImageSize(width: 8, height: 8)
    #expect(try survey.size(requested: size) == size)
  }

  @Test func `a link is the copy of its file, whatever their names`() throws {
    let folder = try TemporaryFolder()
    try PNGWriter.write(
      PixelImage(width: 4, height: 3, format: .gray, filledWith: 12), to: folder / "real.png")
    try FileManager.default.createSymbolicLink(
      atPath: (folder / "alias.png").string, withDestinationPath: "real.png")
    let files = try ImageListing.images(in: [folder.path])
    let found = Survey(of: files.files).duplicates
    #expect(found.map(\.image) == [folder / "alias.png"])
    #expect(found.map(\.first) == [folder / "real.png"])
  }

  @Test func `transparency is looked for in pixels`() throws {
    let folder = try TemporaryFolder()
    var files: [ImageFile] = []
    func add(_ name: FilePath, alpha: UInt8) throws {
      var image = PixelImage(width: 4, height: 3, format: .rgba, filledWith: 255)
      image.pixels[7] = alpha
      try PNGWriter.write(image, to: folder / name.string)
      files.append(ImageFile(path: folder / name.string, relativePath: name))
    }
    for name in ["a.png", "b.png", "c.png", "d.png"] { try add(FilePath(name), alpha: 255) }
    let opaque = Survey(of: files)
    #expect(opaque.transparentShare == 0 && opaque.format == .rgb)
    try add("e.png", alpha: 254)
    let few = Survey(of: files)
    #expect(few.transparentShare == 0.2 && few.format == .rgb)
    try add("f.png", alpha: 0)
    let many = Survey(of: files, onlyTransparency: true)
    #expect(many.isTransparent && many.format == .rgba && many.opaqueFormat == .rgb)
    // Not looked into, nothing is known.
    #expect(Survey(of: files, decodingPixels: 0).format == .rgb)
  }

  @Test func `a survey ends in time, and says how far it came`() throws {
    let images = try TestImages(3)
    let survey = Survey(of: images.files, timeSpent: { 1 })
    #expect(survey.readable == images.files && survey.unseen == 2)
    #expect(
      survey.summary.prefix(2) == [
        "3 images: all 4 x 3 pixels", "only the first 1 of them were looked at",
      ])
  }

  @Test func `without a budget only headers are read`() throws {
    let folder = try TemporaryFolder()
    let bytes = try PNGWriter.encode(
      PixelImage(width: 4, height: 3, format: .gray, filledWith: 12), named: "a.png")
    try AtomicFile.write(bytes.dropLast(20), to: folder / "a.png")
    let file = ImageFile(path: folder / "a.png", relativePath: "a.png")
    #expect(Survey(of: [file], decodingPixels: 0).unreadable == [])
    #expect(Survey(of: [file]).unreadable.count == 1)
  }

  @Test func `no readable image at all is an error`() throws {
    let images = try TestImages(2)
    try images.spoil(0)
    try images.spoil(1)
    let survey = Survey(of: images.files)
    let first = PNGError.notPNG(images.files[0].path, content: "it is text")
    #expect(throws: ImagesError.noneReadable(first, count: 2)) {
      try survey.size(requested: ImageSize(width: 4, height: 3))
    }
  }
}
