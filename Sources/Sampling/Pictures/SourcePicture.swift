internal import Checkpoints
internal import Images
package import PNGCodec
package import SystemPackage

/// A picture of any kind that a result is made from, and the kind that the result will have.
///
/// The result has the picture's own kind: grayscale or color, with alpha or without, 8 or 16 bits. What no
/// result can be stored as becomes the nearest kind: a palette RGB or grayscale, fewer bits 8 bits, a
/// transparent color an alpha channel.
package struct SourcePicture: Sendable {
  /// As stored, in the result's format, not turned; 8-bit samples times 257.
  package let image: DeepImage
  /// How the stored pixels are to be turned before they are shown.
  package let orientation: PNGOrientation
  /// Bits a sample of the result.
  package let bits: Int
  /// What the result carries.
  package let carried: PNGCarriedChunks
  /// What a user should know: the same words for all pictures of a kind.
  package let notes: [String]
  /// Whether it is an animation, of which the still image alone counts.
  package let isAnimation: Bool

  /// - Parameter channels: the network's.
  /// - Throws: `PNGError`, or `PictureError.color` for a color picture and a grayscale network.
  package init(_ path: FilePath, channels: Int, _ settings: PictureSettings) throws {
    let picture = try PNGReader.picture(path, limits: settings.limits)
    let header = picture.header
    var notes: [String] = []
    var image = picture.image
    if channels == 1 && !header.isGray {
      guard settings.convertsColor else { throw PictureError.color(path) }
      image = image.grayscale
    } else if header.hasGrayPalette && !settings.stripsMetadata
      && (picture.carried.contains("iCCP") || picture.carried.contains("cICP"))
    {
      // A palette's profile is one of colors, and goes with them alone.
      image = image.converted(to: PixelFormat(colors: 3, hasAlpha: image.format.hasAlpha))
    }
    bits =
      switch settings.depth {
      case .auto: picture.bits
      case .eight: 8
      case .sixteen: 16
      }
    let kinds = (Survey.Kind(header).description, Survey.Kind(image.format, bits: bits).description)
    let isKept =
      header.colorType != .palette && header.colorType.hasAlpha == image.format.hasAlpha
      && header.isGray == (image.format.colors == 1)
      && (header.bitDepth == bits || settings.depth != .auto)
    if !isKept {
      notes.append(
        "\(kinds.0): written as \(kinds.1), the nearest kind that can hold the results")
    }
    if settings.stripsMetadata {
      carried = PNGCarriedChunks()
    } else {
      let own = picture.carried.withoutText(Provenance.keyword)
      let (kept, dropped) = own.applying(from: header, to: image.format, bits: bits)
      carried = kept
      if !dropped.isEmpty {
        notes.append(
          "\(kinds.0): left out the chunks \(dropped.joined(separator: ", ")), which "
            + "do not apply to \(kinds.1)")
      }
      for type in own.tooLarge {
        notes.append(
          "\(path): left out a \(type) chunk: more than \(PNGCarriedChunks.largest >> 20) MiB, or "
            + "\(PNGCarriedChunks.largestSum >> 20) MiB with the others")
      }
    }
    let animation = header.animationNote(path)
    if let animation { notes.append(animation) }
    isAnimation = animation != nil
    orientation = header.orientation
    self.image = image
    self.notes = notes
  }

  /// The result as a file: pixels that lie as the picture's are stored.
  package func finished(_ result: ResultImage) -> FinishedPicture {
    // Without the chunk that tells the orientation nobody turns them.
    let turned = carried.contains("eXIf") ? result : result.turned(orientation)
    return FinishedPicture(image: turned, carried: carried)
  }

  /// The same from a result that is upright.
  package func finished(upright result: ResultImage) -> FinishedPicture {
    finished(result.turned(orientation.inverse))
  }
}

/// Words that are said once in a job, however many pictures they hold for.
package struct PictureNotes {
  private var said: Set<String> = []

  package init() {}

  package mutating func say(_ notes: [String], _ report: (String) -> Void) {
    for note in notes where said.insert(note).inserted { report(note) }
  }
}
