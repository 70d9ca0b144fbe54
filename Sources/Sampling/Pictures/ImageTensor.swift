internal import Images
internal import PNGCodec
public import SystemPackage

/// An image in memory as networks see it: real numbers from -1 (black) to 1 (white), channel by channel.
public struct ImageTensor: Equatable, Sendable {
  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// 1 for grayscale, 3 for RGB, 4 for RGBA.
  public let channels: Int
  /// (C, H, W): the first channel row by row, then the next.
  public internal(set) var values: [Float]

  /// An image of given values; nil where they do not fill the size or are not finite, or for other numbers of channels.
  public init?(values: [Float], channels: Int, width: Int, height: Int) {
    let (pixels, isHuge) = width.multipliedReportingOverflow(by: height)
    guard PixelFormat(channels: channels) != nil, width > 0, height > 0, !isHuge,
      values.count / channels == pixels, values.count % channels == 0,
      values.allSatisfy(\.isFinite)
    else { return nil }
    self.init(values, channels, width, height)
  }

  package init(_ values: [Float], _ channels: Int, _ width: Int, _ height: Int) {
    (self.values, self.channels, self.width, self.height) = (values, channels, width, height)
  }

  /// Reads a PNG file of any kind as an image of 1, 3 or 4 channels: color becomes gray or the other way
  /// round, and what is transparent lies over white where there is no channel for it.
  public init(readingPNG path: FilePath, channels: Int) throws {
    guard let format = PixelFormat(channels: channels) else {
      throw GenerationError.channels(channels)
    }
    let image = try PNGReader.readFloat(path, as: format)
    self.init(image.values, channels, image.width, image.height)
  }

  /// Writes a PNG file of 8 bits a sample, which appears whole or not at all; one that is there is replaced.
  public func write(toPNG path: FilePath) throws {
    guard let format = PixelFormat(channels: channels) else {
      throw GenerationError.channels(channels)
    }
    try PNGWriter.write(
      Pixels.image(values[...], width: width, height: height, format: format), to: path)
  }
}
