internal import Checkpoints
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// Two pictures that frames lead between, and the kind that the frames have.
///
/// Frames have color or alpha where one of the pictures has, as many bits as the deeper one, and carry
/// what both carry alike. Alpha that the network does not draw goes evenly from one to the other.
struct InterpolationEnds: Sendable {
  /// Upright and fitted, of the frames' format.
  let a, b: NetworkPicture
  /// 8 or 16.
  let bits: Int
  /// What a user should know.
  let notes: [String]
  private let carried: PNGCarriedChunks
  /// How the frames are turned before they are shown.
  private let orientation: PNGOrientation

  init(
    _ a: FilePath, _ b: FilePath, channels: Int, size: ImageSize, _ settings: PictureSettings
  ) throws {
    let sources = try [a, b].map { try SourcePicture($0, channels: channels, settings) }
    let formats = sources.map(\.image.format)
    let format = PixelFormat(
      colors: formats.map(\.colors).max() ?? 3, hasAlpha: formats.contains(where: \.hasAlpha))
    let pictures = sources.map { source in
      NetworkPicture(
        own: Fit.crop.apply(to: source.image.turned(source.orientation), size: size)
          .converted(to: format), channels: channels)
    }
    (self.a, self.b) = (pictures[0], pictures[1])
    bits = sources.map(\.bits).max() ?? 8
    let (common, differing) = sources[0].carried.common(with: sources[1].carried)
    carried = common
    // The same eXIf chunk tells the same orientation.
    orientation = common.contains("eXIf") ? sources[0].orientation : .upright
    var notes = sources.flatMap(\.notes)
    if !differing.isEmpty {
      notes.append(
        "\(a): its frames do not keep \(differing.joined(separator: ", ")), which differs in \(b)"
      )
    }
    self.notes = notes
  }

  /// (2, C, H, W) on [-1, 1].
  var values: [Float] { a.values + b.values }

  /// What tells them from others.
  var fingerprints: [String] {
    [a, b].map { Fingerprint.text(of: $0.own, bits: bits) }
  }

  /// A frame as a file, of what the network drew for its place between the ends, 0 to 1.
  func finished(_ values: [Float], place: Double) -> FinishedPicture {
    var own = a.own
    let (channels, colors) = (own.channels, own.format.colors)
    if own.format.hasAlpha {
      for p in stride(from: colors, to: own.pixels.count, by: channels) {
        let mixed = Double(a.own.pixels[p]) * (1 - place) + Double(b.own.pixels[p]) * place
        own.pixels[p] = bits == 8 ? UInt16((mixed / 257).rounded()) * 257 : UInt16(mixed.rounded())
      }
    }
    let frame = NetworkPicture(own: own, channels: a.channels)
      .result(of: values, bits: bits, drawsAlpha: true)
    return FinishedPicture(image: frame.turned(orientation.inverse), carried: carried)
  }
}
