import Foundation

/// Estimates the standard deviation of the white noise in an image from the image alone.
///
/// Patches with little texture show the noise alone in most directions of the space of patches, so
/// the small eigenvalues of their covariance are the noise's variance (Liu, Tanaka & Okutomi 2013;
/// Chen, Zhu & Heng 2015). Color is taken jointly, 3 x 3 x channels; gray needs the larger 5 x 5.
/// Pixels that the noise drove out of [-1, 1] were clipped, which lowers the variance: the estimate
/// is the deviation that the noise had before.
///
/// - Parameters:
///   - image: (C, H, W) in [-1, 1]; a fourth channel is taken for transparency and left out.
///   - isVisible: (H, W): what was continued from elsewhere does not count; nil where all of it does.
/// - Returns: the deviation on the [-1, 1] scale: times 127.5 it is in gray levels. 0 for images
///   too small to tell.
package func estimatedNoiseLevel(
  of image: [Float], channels: Int, height: Int, width: Int, isVisible: [Bool]? = nil
) -> Double {
  precondition(image.count == channels * height * width, "the image's size differs from its shape")
  return estimatedNoiseLevel(
    channels: channels, height: height, width: width, isVisible: isVisible
  ) { RowBand.rows($0, of: image, channels: channels, width: width, height: height) }
}

/// The same of an image whose rows, (C, rows, W), are made when they are asked for.
func estimatedNoiseLevel(
  channels: Int, height: Int, width: Int, isVisible: [Bool]?, rows: (Range<Int>) -> [Float]
) -> Double {
  precondition(isVisible?.count ?? height * width == height * width, "a mask of another size")
  let colors = min(channels, 3)
  let patches = NoisePatches(
    channels: colors, height: height, width: width, side: colors == 1 ? 5 : 3,
    isVisible: isVisible, rows: rows)
  guard patches.count > 2 * patches.dimension else {
    return laplacianNoiseLevel(
      rows(0..<height), channels: colors, height: height, width: width, isVisible: isVisible)
  }

  // Alternate between the noise's variance and the patches with no more gradient than it makes.
  var chosen = Array(0..<patches.count)
  var variance = patches.noiseVariance(of: chosen)
  for _ in 0..<4 {
    let limit = variance * patches.gradientLimit
    let flat = (0..<patches.count).filter { patches.gradients[$0] < limit }
    guard flat.count >= 8 * patches.dimension else { break }
    chosen = flat
    variance = patches.noiseVariance(of: chosen)
  }
  let area = Float(patches.dimension / colors)
  return ClippedNoise(means: patches.means(of: chosen), variance: variance / area)
    .deviationBeforeClipping(variance: variance)
}

/// The estimate of Immerkaer 1996, from the mean absolute Laplacian: for images of few pixels.
private func laplacianNoiseLevel(
  _ image: [Float], channels: Int, height: Int, width: Int, isVisible: [Bool]?
) -> Double {
  guard height >= 3, width >= 3 else { return 0 }
  let mask: [Float] = [1, -2, 1, -2, 4, -2, 1, -2, 1]
  var (sum, count) = (0.0, 0)
  for c in 0..<channels {
    for y in 0..<(height - 2) {
      for x in 0..<(width - 2) {
        if let isVisible {
          let isWhole = (0..<9).allSatisfy { isVisible[(y + $0 / 3) * width + x + $0 % 3] }
          if !isWhole { continue }
        }
        count += 1
        var response: Float = 0
        for k in 0..<9 {
          response += mask[k] * image[(c * height + y + k / 3) * width + x + k % 3]
        }
        sum += Double(abs(response))
      }
    }
  }
  if count == 0 { return 0 }
  return sum / Double(count) * (Double.pi / 2).squareRoot() / 6
}
