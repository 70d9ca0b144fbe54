import Foundation
internal import Images
internal import PNGCodec
public import SystemPackage

/// A picture for the lines of a terminal.
public struct InlinePicture: Sendable {
  private let image: PixelImage

  /// Reads a picture; nil where it cannot be read.
  public init?(_ path: FilePath) {
    guard let image = try? PNGReader.read(path, as: .rgb, background: .white) else { return nil }
    self.image = image
  }

  /// Puts the first images together that can be read and have the size of the first; nil where there is none.
  public init?(grid paths: [FilePath], most: Int = 64) {
    let images = paths.prefix(most).compactMap { InlinePicture($0)?.image }
    guard let first = images.first else { return nil }
    image = ImageGrid.arrange(
      images.filter { ($0.width, $0.height) == (first.width, first.height) })
  }

  /// What a terminal is to be sent, and the end of its line.
  ///
  /// - Parameters:
  ///   - width: pixels that there is room for.
  ///   - height: the same.
  public func text(_ graphics: TerminalGraphics, width: Int, height: Int) -> String {
    let picture = image.fitted(in: ImageSize(width: max(16, width), height: max(16, height)))
    switch graphics {
    case .sixel: return SixelPicture(picture).text + "\n"
    case .kitty: return Self.kitty(Self.base64(picture)) + "\n"
    case .iterm:
      let size = "width=\(picture.width)px;height=\(picture.height)px"
      return
        "\u{1B}]1337;File=inline=1;\(size);preserveAspectRatio=1:\(Self.base64(picture))\u{7}\n"
    }
  }

  private static func base64(_ image: PixelImage) -> String {
    Data((try? PNGWriter.encode(image, named: "")) ?? []).base64EncodedString()
  }

  /// In pieces of at most 4,096 bytes, as the protocol wants it; the terminal is not to answer (q=2).
  private static func kitty(_ data: String) -> String {
    var (rest, text, keys) = (data.utf8[...], "", "a=T,f=100,q=2,")
    repeat {
      let piece = rest.prefix(4096)
      rest = rest.dropFirst(4096)
      text +=
        "\u{1B}_G\(keys)m=\(rest.isEmpty ? 0 : 1);" + String(decoding: piece, as: UTF8.self)
        + "\u{1B}\\"
      keys = ""
    } while !rest.isEmpty
    return text
  }
}

extension PixelImage {
  /// The image as large as there is room for, but enlarged to no more than 560 pixels: each pixel as a square of equal pixels, or
  /// where it is too large, scaled down.
  fileprivate func fitted(in room: ImageSize) -> PixelImage {
    if width > room.width || height > room.height {
      let scale = min(
        Double(room.width) / Double(width), Double(room.height) / Double(height))
      return resampled(
        to: ImageSize(
          width: max(1, Int(Double(width) * scale)), height: max(1, Int(Double(height) * scale))))
    }
    let most = min(560 / max(width, height), room.width / width, room.height / height)
    let times = max(1, most)
    if times == 1 { return self }
    var result = PixelImage(
      width: times * width, height: times * height, format: format, filledWith: 0)
    for y in 0..<result.height {
      for x in 0..<result.width {
        let (from, to) = ((y / times * width + x / times), y * result.width + x)
        for c in 0..<channels { result.pixels[to * channels + c] = pixels[from * channels + c] }
      }
    }
    return result
  }
}
