internal import PNGCodec
internal import Random
internal import Sampling
internal import SystemPackage

/// A picture with noise, brought to a network's channels and back.
struct NoisyImage: Sendable {
  /// What the results are like, and what is to be said of it.
  let source: SourcePicture
  private let picture: NetworkPicture
  /// (C, H, W) of the network's channels.
  private(set) var values: [Float]

  /// - Parameter channels: the network's.
  init(_ path: FilePath, channels: Int, _ settings: PictureSettings) throws {
    source = try SourcePicture(path, channels: channels, settings)
    picture = NetworkPicture(own: source.image, channels: channels)
    values = picture.values
  }

  var width: Int { source.image.width }
  var height: Int { source.image.height }
  /// (C, H, W)
  var shape: [Int] { [picture.channels, height, width] }
  /// Color samples a pixel that differ: 1 of grayscale.
  var colors: Int { min(picture.channels, source.image.format.colors) }

  /// Adds noise with a standard deviation in gray levels; the sum is neither rounded nor clipped. A
  /// grayscale image stays grayscale.
  mutating func addNoise(sigma: Double, seed: UInt64, index: UInt32) {
    let noise = RandomStream(seed: seed, purpose: .trainingNoise, index: Int(index), step: 0)
      .normals(colors == 1 ? width * height : values.count)
    let scale = Float(sigma / 127.5)
    for i in values.indices { values[i] += scale * noise[i % noise.count] }
  }

  /// The picture as it is now.
  var image: FinishedPicture { image(values) }

  /// The noise's standard deviation on the [-1, 1] scale, as the visible part of the picture shows it.
  var estimatedNoiseLevel: Double {
    Restoration.estimatedNoiseLevel(
      of: Array(values[..<(colors * width * height)]), channels: colors, height: height,
      width: width, isVisible: picture.isVisible)
  }

  /// What the network made of the picture, (C, H, W), as a picture of the same kind.
  func image(_ clean: [Float]) -> FinishedPicture {
    source.finished(picture.result(of: clean, bits: source.bits))
  }
}
