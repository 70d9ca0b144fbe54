internal import Checkpoints
internal import PNGCodec
internal import SystemPackage

/// The header and text of a PNG file, and the provenance of one that Stipple wrote.
public struct PNGInspection: Encodable, Sendable {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Bits a sample, of a palette's index where there is one.
  public let bitDepth: Int
  /// gray, palette, rgb, gray_alpha or rgba.
  public let color: String
  /// Whether there is an alpha channel, or a color that is transparent.
  public let hasTransparency: Bool
  /// Whether it comes in seven passes.
  public let isInterlaced: Bool
  /// What made it: generate, denoise; nil where it is not of Stipple's making.
  public let work: String?
  /// By what, as step, weights, seed and index.
  public let facts: [Fact]

  /// A name and a value.
  public struct Fact: Encodable, Equatable, Sendable {
    /// A word: step, seed.
    public let name: String
    /// A number or word.
    public let value: String
  }

  /// Reads what comes before the pixels, and the text chunks.
  init(_ path: FilePath) throws {
    let header = try PNGReader.header(of: path, limits: .unlimited)
    (width, height) = (header.width, header.height)
    (bitDepth, isInterlaced) = (header.bitDepth, header.isInterlaced)
    hasTransparency = header.hasTransparency
    color =
      switch header.colorType {
      case .gray: "gray"
      case .rgb: "rgb"
      case .palette: "palette"
      case .grayAlpha: "gray_alpha"
      case .rgba: "rgba"
      }
    let provenance = try Provenance(of: path)
    work = provenance?.work
    facts = (provenance?.facts ?? []).map { Fact(name: $0.name, value: $0.value ?? "") }
  }
}
