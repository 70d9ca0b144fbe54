internal import Files
internal import Images
internal import PNGCodec
internal import SystemPackage

/// Which parts of images are drawn anew, as pictures: white ones are, black ones stay. One picture is for
/// all images, or a folder has one of each, by the same name.
struct EditingMasks: Sendable {
  private let path: FilePath
  /// The mask of all images; nil where each has its own.
  private let common: PixelImage?

  /// - Throws: why the mask of all images cannot be used.
  init(_ path: FilePath) throws {
    self.path = path
    if Folders.isFolder(path) {
      common = nil
    } else {
      common = try Self.read(path)
    }
  }

  /// Whether each pixel of an image is kept, once the image has been fitted to `size`.
  ///
  /// - Parameter own: the image's size before.
  /// - Throws: `EditingError`, or why the mask cannot be read.
  func isKept(_ file: ImageFile, own: PixelSize, size: PixelSize) throws -> [Bool] {
    let mask: PixelImage
    let maskPath = common == nil ? path.pushing(file.outputPath) : path
    if let common {
      mask = common
    } else {
      guard Folders.exists(maskPath) else { throw EditingError.noMask(file.path, mask: maskPath) }
      mask = try Self.read(maskPath)
    }
    let found = PixelSize(width: mask.width, height: mask.height)
    guard found == own else {
      throw EditingError.maskSize(
        maskPath, image: file.path, found: found.description, expected: own.description)
    }
    let isKept = Fit.crop.apply(to: mask, size: size).pixels.map { !Self.isDrawn($0) }
    if isKept.allSatisfy(\.self) { throw EditingError.blackMask(maskPath) }
    return isKept
  }

  private static func isDrawn(_ level: UInt8) -> Bool { level >= 128 }

  private static func read(_ path: FilePath) throws -> PixelImage {
    let mask = try PNGReader.read(path, as: .grey, background: .black)
    guard mask.pixels.contains(where: isDrawn) else { throw EditingError.blackMask(path) }
    return mask
  }
}
