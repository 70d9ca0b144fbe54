internal import Foundation
package import PNGCodec
package import SystemPackage

/// Folders of small PNG files, whole and broken ones.
package enum TestImages {
  /// The folder with the project's own 2,000 pictures of 32 x 32 pixels, RGB.
  package static let flowers = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("data").appending("flowers")

  /// Copies the first pictures of `flowers` into a folder, which is made.
  package static func copyFlowers(_ count: Int, to folder: FilePath) throws {
    try makeFolder(folder)
    for index in 0..<count {
      let name = String(format: "%06d.png", index)
      try FileManager.default.copyItem(
        atPath: flowers.appending(name).string, toPath: folder.appending(name).string)
    }
  }

  /// Writes images whose pixels differ from place to place and from seed to seed, into a folder that
  /// is made.
  package static func write(
    _ names: String..., width: Int, height: Int, format: PixelFormat = .rgb, to folder: FilePath
  ) throws {
    try makeFolder(folder)
    for (seed, name) in names.enumerated() {
      try PNGWriter.write(
        ramp(width: width, height: height, format: format, seed: seed), to: folder.appending(name))
    }
  }

  /// Writes images in RGB that show grays only, into a folder that is there.
  package static func writeGrays(_ count: Int, width: Int, height: Int, to folder: FilePath) throws
  {
    for number in 0..<count {
      var image = PixelImage(width: width, height: height, format: .rgb, filledWith: 0)
      for p in image.pixels.indices { image.pixels[p] = UInt8(p / 3 * (number + 1) % 256) }
      try PNGWriter.write(image, to: folder.appending("\(number).png"))
    }
  }

  /// An image with a different slope in each channel.
  package static func ramp(width: Int, height: Int, format: PixelFormat, seed: Int = 0)
    -> PixelImage
  {
    var image = PixelImage(width: width, height: height, format: format, filledWith: 0)
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<format.channels {
          let level = (x + seed) * 255 / (width + seed) * (c + 1) + y * 127 / height
          image.pixels[(y * width + x) * format.channels + c] = UInt8(level % 256)
        }
      }
    }
    return image
  }

  /// An image's pixels as its file has them, (H, W, C).
  package static func pixels(_ path: FilePath) throws -> [UInt8] { try PNGReader.read(path).pixels }

  /// Ways in which a file can be no PNG.
  package enum Damage: String, CaseIterable, Sendable {
    case cutShort, wrongChecksum, empty, otherFormat
  }

  /// Writes a file that looks like a PNG by its name only.
  package static func writeBroken(_ damage: Damage, to path: FilePath) throws {
    var bytes = try PNGWriter.encode(ramp(width: 32, height: 32, format: .rgb), named: path)
    switch damage {
    case .cutShort: bytes.removeLast(bytes.count / 2)
    // The last byte before IEND's 12 belongs to the checksum of the pixels.
    case .wrongChecksum: bytes[bytes.count - 13] ^= 1
    case .empty: bytes = []
    case .otherFormat: bytes = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF".utf8)
    }
    try Data(bytes).write(to: URL(filePath: path.string))
  }

  private static func makeFolder(_ folder: FilePath) throws {
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true)
  }
}
