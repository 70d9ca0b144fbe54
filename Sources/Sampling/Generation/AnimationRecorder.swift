internal import Checkpoints
internal import Diffusion
internal import Files
internal import Images
internal import PNGCodec
internal import SystemPackage

/// Shows the trajectory from noise to images as a picture: the predicted x_0 at moments evenly spread among
/// the steps, and the images at last (Ho et al. 2020, figure 6).
///
/// x_t itself would show nothing but noise for more than half of the way, while the prediction has the
/// image's layout by then.
final class AnimationRecorder: SamplingRecorder {
  /// What the picture is, which its name decides.
  enum Kind: String {
    /// A row an image, with time from left to right.
    case strip
    /// All images side by side, in an animated PNG.
    case animation

    /// - Throws: `SettingError` for a name that ends otherwise.
    init(of path: FilePath) throws(SettingError) {
      switch path.extension?.lowercased() {
      case "png": self = .strip
      case "apng": self = .animation
      default:
        throw SettingError(
          "animation",
          cause: "\(path) must end in .apng (animation) or .png (strip)"
        )
      }
    }

    /// As many images as the picture has room for.
    package var images: Int { self == .strip ? 8 : 64 }
    /// As many moments, likewise.
    var moments: Int { self == .strip ? 12 : 50 }
  }

  let indices: [Int]
  private let path: FilePath
  private let kind: Kind
  private let provenance: Provenance
  private let size: ModelConfiguration.Images
  private let format: PixelFormat
  /// The numbers of the evaluations that are shown; the last number is that of the clean image.
  private let moments: [Int]
  private let evaluations: Int
  /// The images at each moment.
  private var frames: [[PixelImage]]
  /// Where images of the picture are in the batch.
  private var positions: [Int] = []

  /// - Parameter indices: of the images that are shown, which `Kind.images` limits.
  init(
    _ path: FilePath, _ kind: Kind, _ generator: Generator, format: PixelFormat, indices: [Int],
    _ provenance: Provenance
  ) {
    self.path = path
    self.kind = kind
    self.indices = indices
    self.provenance = provenance
    self.format = format
    size = generator.model.configuration.images
    evaluations = generator.evaluations
    moments = Self.moments(kind.moments, of: evaluations + 1)
    frames = [[PixelImage]](repeating: [], count: moments.count)
  }

  /// At most `count` of the numbers 0 to `total` - 1, evenly spread, with both ends.
  static func moments(_ count: Int, of total: Int) -> [Int] {
    let count = min(count, total)
    return (0..<count).map { ($0 * (total - 1) + (count - 1) / 2) / max(count - 1, 1) }
  }

  func begin(_ batch: [Int]) {
    positions = batch.indices.filter { indices.contains(batch[$0]) }
  }

  func record(_ snapshot: SamplerSnapshot) { show(snapshot.x0, at: snapshot.index) }

  func end(_ images: [Float]) { show(images, at: evaluations) }

  private func show(_ values: [Float], at number: Int) {
    guard let moment = moments.firstIndex(of: number) else { return }
    let count = size.width * size.height * format.channels
    frames[moment] += positions.map {
      Pixels.image(
        values[($0 * count)..<(($0 + 1) * count)], width: size.width, height: size.height,
        format: format)
    }
  }

  func finish() throws {
    switch kind {
    case .strip:
      let rows = indices.indices.flatMap { image in frames.map { $0[image] } }
      try PNGWriter.write(
        ImageGrid.arrange(rows, columns: frames.count), text: provenance.chunks, to: path)
    case .animation:
      // Long enough to see what has come out.
      let delays = frames.indices.map { UInt16($0 == frames.count - 1 ? 2500 : 100) }
      try PNGWriter.write(
        PNGAnimation(frames: frames.map { ImageGrid.arrange($0) }, delays: delays),
        still: frames.count - 1, text: provenance.chunks, to: path)
    }
  }
}
