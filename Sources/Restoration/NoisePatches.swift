import Foundation
internal import LinearAlgebra

/// The square patches of an image as vectors, with the gradient energy of each.
struct NoisePatches {
  /// The number of elements of a patch: channels · side · side.
  let dimension: Int
  /// Gradient energy of every patch: the sum of squared central differences within it.
  private(set) var gradients: [Float] = []
  /// The patches, one after another, each as (C, side, side).
  private var values: [Float] = []
  private let channels: Int
  private let side: Int

  /// The most patches that are looked at; past it, the image is walked in larger strides.
  private static let limit = 250_000

  /// The patches of an image, of which the first `channels` channels count.
  ///
  /// - Parameters:
  ///   - isVisible: (H, W): patches are taken where all of it is; nil for all patches.
  ///   - rows: gives rows of the image, (C, rows, W).
  init(
    channels: Int, height: Int, width: Int, side: Int, isVisible: [Bool]?,
    rows: (Range<Int>) -> [Float]
  ) {
    self.channels = channels
    self.side = side
    dimension = channels * side * side
    guard height >= side, width >= side else { return }
    let all = Double((height - side + 1) * (width - side + 1))
    let stride = max(1, Int((all / Double(Self.limit)).squareRoot().rounded(.up)))
    for y in Swift.stride(from: 0, through: height - side, by: stride) {
      let band = rows(y..<(y + side))
      for x in Swift.stride(from: 0, through: width - side, by: stride) {
        if let isVisible {
          let isWhole = (0..<(side * side)).allSatisfy {
            isVisible[(y + $0 / side) * width + x + $0 % side]
          }
          if !isWhole { continue }
        }
        var gradient: Float = 0
        for c in 0..<channels {
          let corner = c * side * width + x
          gradient += Self.gradient(band, corner: corner, width: width, side: side)
          for row in 0..<side {
            values += band[(corner + row * width)..<(corner + row * width + side)]
          }
        }
        gradients.append(gradient)
      }
    }
  }

  /// The number of patches.
  var count: Int { gradients.count }

  /// How much gradient energy noise of variance 1 alone gives to all but one patch in a million.
  ///
  /// The energy is about gamma distributed (Liu et al. 2013), with the mean trace(D'D) of the
  /// difference operators; its quantile is Wilson and Hilferty's.
  var gradientLimit: Float {
    let trace = Double(channels * side * (side - 2))
    let shape = Double(dimension) / 2
    let root = 1 - 1 / (9 * shape) + 4.75 / (3 * shape.squareRoot())
    return Float(trace * root * root * root)
  }

  /// The variance of the noise in the patches with the indices `chosen`, from the eigenvalues of
  /// their covariance.
  func noiseVariance(of chosen: [Int]) -> Float {
    let eigenvalues = symmetricEigenvalues(covariance(of: chosen), order: dimension)
    if channels > 1 {
      // The largest set of small eigenvalues that lie evenly about their mean (Chen et al. 2015).
      for size in stride(from: dimension, to: 1, by: -1) {
        let set = eigenvalues[..<size]
        let mean = set.reduce(0, +) / Double(size)
        if set.count(where: { $0 > mean }) >= set.count(where: { $0 < mean }) {
          return Float(max(mean, 1e-9))
        }
      }
    }
    // The smallest, which is small by chance as well: Marchenko & Pastur's edge (1 - sqrt(d/n))^2.
    let edge = 1 - (Double(dimension) / Double(chosen.count)).squareRoot()
    return Float(max(eigenvalues[0] / (edge * edge), 1e-9))
  }

  /// The mean of every channel of the patches with the indices `chosen`.
  func means(of chosen: [Int]) -> [Float] {
    let area = side * side
    return chosen.flatMap { patch in
      (0..<channels).map { c in
        let start = patch * dimension + c * area
        return values[start..<(start + area)].reduce(0, +) / Float(area)
      }
    }
  }

  private static func gradient(_ image: [Float], corner: Int, width: Int, side: Int) -> Float {
    var energy: Float = 0
    for long in 0..<side {
      for short in 1..<(side - 1) {
        let across = corner + long * width + short
        let down = corner + short * width + long
        let dx = (image[across + 1] - image[across - 1]) / 2
        let dy = (image[down + width] - image[down - width]) / 2
        energy += dx * dx + dy * dy
      }
    }
    return energy
  }

  /// The covariance of the patches with the indices `chosen`, row by row.
  private func covariance(of chosen: [Int]) -> [Double] {
    let d = dimension
    var sums = [Double](repeating: 0, count: d)
    var products = [Double](repeating: 0, count: d * d)
    var patch = [Double](repeating: 0, count: d)
    for index in chosen {
      for i in 0..<d { patch[i] = Double(values[index * d + i]) }
      for i in 0..<d {
        sums[i] += patch[i]
        let factor = patch[i]
        for j in 0...i { products[i * d + j] += factor * patch[j] }
      }
    }
    let count = Double(chosen.count)
    for i in 0..<d {
      for j in 0...i {
        let value = products[i * d + j] / count - sums[i] / count * (sums[j] / count)
        products[i * d + j] = value
        products[j * d + i] = value
      }
    }
    return products
  }
}
