internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// Which parts of images are drawn anew, as pictures: white ones are, black ones stay. One picture is for
/// all images, or a folder has one of each, by the same name.
struct EditingMasks: Sendable {
  private let path: FilePath
  private let limits: PNGLimits
  /// The mask of all images; nil where each has its own.
  private let common: (PixelImage, isTurned: Bool)?

  /// - Throws: why the mask of all images cannot be used.
  init(_ path: FilePath, limits: PNGLimits) throws {
    self.path = path
    self.limits = limits
    if Folders.isFolder(path) {
      common = nil
    } else {
      common = try Self.read(path, limits)
    }
  }

  /// Whether each pixel of an image is kept, once the image has been fitted to `size`.
  ///
  /// A mask lies as the image is stored, and is turned with it, unless it has an orientation of its own.
  ///
  /// - Throws: `EditingError`, or why the mask cannot be read.
  func isKept(_ file: ImageFile, _ source: SourcePicture, size: ImageSize) throws -> [Bool] {
    var mask: PixelImage
    let isTurned: Bool
    let maskPath = common == nil ? path.pushing(file.outputPath) : path
    if let common {
      (mask, isTurned) = common
    } else {
      guard try Folders.exists(maskPath) else {
        throw EditingError.noMask(file.path, mask: maskPath)
      }
      (mask, isTurned) = try Self.read(maskPath, limits)
    }
    let found = ImageSize(width: mask.width, height: mask.height)
    let stored = source.image
    let own =
      source.orientation.swapsSides
      ? ImageSize(width: stored.height, height: stored.width)
      : ImageSize(width: stored.width, height: stored.height)
    // Without an orientation of its own a mask is as the image is stored, or as it is seen where its size says that.
    let isSeen =
      isTurned || (source.orientation.swapsSides && found == own && own.width != own.height)
    if !isSeen { mask = mask.turned(source.orientation) }
    guard mask.width == own.width, mask.height == own.height else {
      throw EditingError.maskSize(
        maskPath, image: file.path, found: found.inWords, expected: own.inWords)
    }
    let isKept = Fit.crop.apply(to: mask, size: size).pixels.map { !Self.isDrawn($0) }
    if isKept.allSatisfy(\.self) { throw EditingError.blackMask(maskPath) }
    return isKept
  }

  private static func isDrawn(_ level: UInt8) -> Bool { level >= 128 }

  /// The mask upright, and whether an orientation of its own has turned it.
  private static func read(
    _ path: FilePath, _ limits: PNGLimits
  ) throws -> (PixelImage, isTurned: Bool) {
    let mask = try PNGReader.read(path, as: .gray, background: .black, limits: limits)
    guard mask.pixels.contains(where: isDrawn) else { throw EditingError.blackMask(path) }
    return (mask, try PNGReader.header(of: path, limits: limits).orientation != .upright)
  }
}
