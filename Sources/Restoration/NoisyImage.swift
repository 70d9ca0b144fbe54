internal import PNGCodec
internal import Random
internal import Sampling
internal import SystemPackage

/// A picture with noise, brought to a network's channels and back.
struct NoisyImage: Sendable {
  /// What the results are like, and what is to be said of it.
  let source: SourcePicture
  private let picture: NetworkPicture
  /// (H, W): whether each pixel has color that can be seen; nil where all have.
  let isVisible: [Bool]?
  /// (C, H, W) of the network's channels, where noise was added to the picture.
  private var noisy: [Float]?

  /// - Parameter channels: the network's.
  init(_ path: FilePath, channels: Int, _ settings: PictureSettings) throws {
    source = try SourcePicture(path, channels: channels, settings)
    picture = NetworkPicture(own: source.image, channels: channels)
    isVisible = picture.isVisible
  }

  var width: Int { source.image.width }
  var height: Int { source.image.height }
  /// (C, H, W)
  var shape: [Int] { [picture.channels, height, width] }
  /// Color samples a pixel that differ: 1 of grayscale.
  var colors: Int { min(picture.channels, source.image.format.colors) }

  /// (C, H, W) of the network's channels, on the [-1, 1] scale.
  var values: [Float] { noisy ?? picture.values }

  /// Some of its rows, (C, rows, W).
  func rows(_ rows: Range<Int>) -> [Float] {
    guard let noisy else { return picture.rows(rows) }
    return RowBand.rows(rows, of: noisy, channels: picture.channels, width: width, height: height)
  }

  /// Whether all channels are alike, in each pixel.
  var isGray: Bool {
    if colors == 1 { return true }
    if noisy != nil { return false }
    let (pixels, step) = (source.image.pixels, source.image.channels)
    return stride(from: 0, to: pixels.count, by: step).allSatisfy { first in
      let color = pixels[first..<(first + 3)]
      return color.allSatisfy { $0 == pixels[first] }
    }
  }

  /// Adds noise with a standard deviation in gray levels; the sum is neither rounded nor clipped. A
  /// grayscale image stays grayscale.
  mutating func addNoise(sigma: Double, seed: UInt64, index: UInt32) {
    var values = values
    let noise = RandomStream(seed: seed, purpose: .trainingNoise, index: Int(index), step: 0)
      .normals(colors == 1 ? width * height : values.count)
    let scale = Float(sigma / 127.5)
    for i in values.indices { values[i] += scale * noise[i % noise.count] }
    noisy = values
  }

  /// The picture as it is now.
  var image: FinishedPicture {
    source.finished(picture.result(of: values, bits: source.bits))
  }

  /// The noise's standard deviation on the [-1, 1] scale, as the visible part of the picture shows it.
  var estimatedNoiseLevel: Double {
    Restoration.estimatedNoiseLevel(
      channels: colors, height: height, width: width, isVisible: isVisible, rows: rows)
  }

  /// The picture before results are put into it.
  var blank: ResultImage { ResultImage(picture.own, bits: source.bits) }

  /// Puts a band of what the network made of the picture into a result.
  func put(_ clean: RowBand, into result: inout ResultImage) {
    result.put(
      clean.trimmed(channels: picture.channels, width: width), rows: clean.rows, of: picture)
  }
}
