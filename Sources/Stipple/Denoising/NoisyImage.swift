internal import PNGCodec
internal import Random
internal import SystemPackage

/// An image as a user has it, of any kind of PNG, brought to a network's channels and back.
///
/// Grey images go through a network of colours as three equal channels and come out grey again;
/// transparency that the network does not know stays as it is.
struct NoisyImage: Sendable {
  private let channels: Int
  private let isGrey: Bool
  /// (C, H, W) of the network's channels.
  private(set) var values: [Float]
  /// The fourth channel, which is kept.
  private let transparency: [UInt8]?
  let width: Int
  let height: Int
  /// (C, H, W)
  var shape: [Int] { [channels, height, width] }

  /// - Parameters:
  ///   - channels: the network's.
  ///   - convert: whether colours may be made grey.
  init(_ path: FilePath, channels: Int, converting convert: Bool) throws {
    self.channels = channels
    let header = try PNGReader.header(of: path)
    let image = try PNGReader.readFloat(path)
    isGrey = image.format == .grey || (header.colourType == .greyAlpha)
    (width, height) = (image.width, image.height)
    let area = image.width * image.height
    let format = PixelFormat(channels: channels) ?? .rgba
    if format == .grey && !isGrey && !convert { throw DenoisingError.colour(path) }
    values =
      image.format == format ? image.values : try PNGReader.readFloat(path, as: format).values
    if image.format == .rgba && channels != 4 {
      // Colours are denoised as they lie under the transparency, not over a background.
      transparency = image.values[(3 * area)...].map {
        UInt8(min(max(($0 * 127.5 + 127.5).rounded(), 0), 255))
      }
    } else {
      transparency = nil
    }
  }

  /// Adds noise with a standard deviation in grey levels; the sum is neither rounded nor clipped. A grey
  /// image stays grey.
  mutating func addNoise(sigma: Double, seed: UInt64, index: UInt32) {
    let noise = RandomStream(seed: seed, purpose: .trainingNoise, index: Int(index), step: 0)
      .normals(isGrey ? width * height : values.count)
    let scale = Float(sigma / 127.5)
    for i in values.indices { values[i] += scale * noise[i % noise.count] }
  }

  /// The image as it is now, in 8 bits.
  var image: PixelImage { image(values) }

  /// The noise's standard deviation on the [-1, 1] scale, as the image shows it.
  var estimatedNoiseLevel: Double {
    Stipple.estimatedNoiseLevel(of: values, channels: channels, height: height, width: width)
  }

  /// What the network made of the image, (C, H, W), as one of the image's own kind.
  func image(_ clean: [Float]) -> PixelImage {
    let area = width * height
    var planes = clean
    var format = PixelFormat(channels: channels) ?? .rgb
    if isGrey && channels == 3 {
      planes = (0..<area).map { (clean[$0] + clean[area + $0] + clean[2 * area + $0]) / 3 }
      format = .grey
    }
    let image = Pixels.image(planes[...], width: width, height: height, format: format)
    guard let transparency else { return image }
    var result = PixelImage(width: width, height: height, format: .rgba, filledWith: 0)
    for p in 0..<area {
      for c in 0..<3 {
        result.pixels[4 * p + c] = image.pixels[p * image.channels + min(c, image.channels - 1)]
      }
      result.pixels[4 * p + 3] = transparency[p]
    }
    return result
  }
}
