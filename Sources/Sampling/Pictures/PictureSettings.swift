package import PNGCodec
public import SystemPackage

/// How pictures that are denoised or edited are read and written.
public struct PictureSettings: Sendable, Equatable {
  /// Bits a sample of the results.
  public enum Depth: String, Sendable, CaseIterable {
    /// 16 where the picture has 16, else 8.
    case auto
    /// 8 bits.
    case eight = "8"
    /// 16 bits.
    case sixteen = "16"
  }

  /// Bits a sample of the results.
  public var depth = Depth.auto
  /// Whether results carry none of what the pictures carry: color profile, Exif, text and so on.
  public var stripsMetadata = false
  /// Whether color pictures are converted to grayscale for a grayscale network.
  public var convertsColor = false
  /// Pixels past which a picture is refused before memory is taken; nil for 2^28.
  public var maxPixels: Int?

  /// The usual settings.
  public init() {}

  /// `maxPixels` where none is given.
  public static let standardMaxPixels = PNGLimits.standard.pixels

  /// Past which a picture is refused.
  package var limits: PNGLimits { PNGLimits(most: maxPixels) }

  /// Whether results are of the pictures' own kind, with all that they carry.
  package var keepsPictures: Bool { depth == .auto && !stripsMetadata }

  /// What tells results by these settings from the usual ones.
  package var facts: [(String, String)] {
    (depth == .auto ? [] : [("depth", depth.rawValue)])
      + (stripsMetadata ? [("metadata", "stripped")] : [])
  }
}

/// Why a picture does not suit a network.
public enum PictureError: Error, Equatable, Sendable, CustomStringConvertible {
  case color(FilePath)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .color(let path):
      "\(path): color image, but the model is grayscale; use `convert` to convert it"
    }
  }
}
