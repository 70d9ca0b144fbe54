import Files
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
    #expect(survey.format == .grey && !survey.hasTransparency)
    #expect(try survey.size(requested: nil) == PixelSize(width: 4, height: 3))
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
      PixelImage(width: 4, height: 3, format: .grey, filledWith: 12), named: "a.png")
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
    #expect(survey.format == .rgb && survey.hasTransparency)
    #expect(
      survey.summary == [
        "10 images: 4 x 3 (7), 9 x 9 (1)",
        "grayscale, 8 bits (6); RGB with alpha, 8 bits (1); RGB, 16 bits (1)",
        "2 cannot be read and are left out:",
        "  \(folder / "1.png"): not a PNG: it is text",
        "  \(folder / "short.png"): broken PNG: the file ends within its IDAT chunk",
        "1 is the same file as another:",
        "  \(folder / "copy2.png") is \(folder / "copy.png")",
      ])
    #expect(throws: ImagesError.self) { try survey.size(requested: nil) }
    #expect {
      try survey.size(requested: nil)
    } throws: {
      "\($0)" == "\(folder / "rgba.png"): its size is not that of the others: there are images of "
        + "4 x 3 (7), 9 x 9 (1); use --size WxH, and --fit for the way"
    }
    let size = PixelSize(width: 8, height: 8)
    #expect(try survey.size(requested: size) == size)
  }

  @Test func `without a budget only headers are read`() throws {
    let folder = try TemporaryFolder()
    let bytes = try PNGWriter.encode(
      PixelImage(width: 4, height: 3, format: .grey, filledWith: 12), named: "a.png")
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
      try survey.size(requested: PixelSize(width: 4, height: 3))
    }
  }
}
