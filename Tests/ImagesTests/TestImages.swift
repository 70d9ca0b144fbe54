import Files
import Images
import PNGCodec
import SystemPackage
import TestSupport

/// A folder of small images, each of which can be told by its color.
struct TestImages {
  let folder: TemporaryFolder
  let files: [ImageFile]

  /// `count` images; number i is all of gray level 10 + i, but for its left column, which is 0.
  init(_ count: Int, width: Int = 4, height: Int = 3, format: PixelFormat = .gray) throws {
    folder = try TemporaryFolder()
    var files: [ImageFile] = []
    for i in 0..<count {
      var image = PixelImage(
        width: width, height: height, format: format, filledWith: UInt8(10 + i))
      for y in 0..<height {
        for c in 0..<format.channels { image.pixels[y * width * format.channels + c] = 0 }
      }
      let name: FilePath = FilePath("\(i).png")
      try PNGWriter.write(image, to: folder / name.string)
      files.append(ImageFile(path: folder / name.string, relativePath: name))
    }
    self.files = files
  }

  /// Makes image `index` unreadable.
  func spoil(_ index: Int) throws {
    try AtomicFile.write(Array("no image".utf8), to: files[index].path)
  }

  /// What the images are told by, on the scale of examples.
  static func value(_ index: Int) -> Float { Float(10 + index) / 127.5 - 1 }
}
