/// Over how many flips of an image a denoiser's answers are averaged, each flipped back: the geometric
/// self-ensemble of Timofte, Rothe & Van Gool 2016, "Seven ways to improve example-based single image
/// super resolution".
///
/// A network that was trained on flipped images errs a little differently on each. Turns by 90 degrees are left out: they
/// gain another hundredth of a decibel, and need tiles as wide as they are high.
public enum SelfEnsemble: Int, Sendable, CaseIterable {
  /// The image as it is.
  case one = 1
  /// Also turned by 180 degrees.
  case two = 2
  /// Also mirrored, and both.
  case four = 4

  /// The mean of an estimate's answers to all flips.
  ///
  /// - Parameters:
  ///   - x: planes (..., H, W) one after the other.
  ///   - estimate: planes of the same height and width made of such ones.
  func mean(
    of x: [Float], width: Int, height: Int, _ estimate: ([Float]) throws -> [Float]
  ) rethrows -> [Float] {
    var sum = try estimate(x)
    for flip in Flip.allCases.prefix(rawValue).dropFirst() {
      let answer = try estimate(flip.applied(to: x, width: width, height: height))
      let back = flip.applied(to: answer, width: width, height: height)
      for i in sum.indices { sum[i] += back[i] }
    }
    if self != .one {
      for i in sum.indices { sum[i] /= Float(rawValue) }
    }
    return sum
  }
}

/// A flip of an image, which undoes itself.
private enum Flip: CaseIterable {
  case none, halfTurn, leftRight, upsideDown

  /// Flipped planes (..., H, W): of rows, of all pixels, or of both the order is reversed.
  func applied(to planes: [Float], width: Int, height: Int) -> [Float] {
    switch self {
    case .none: planes
    case .halfTurn: Self.reversed(planes, each: width * height)
    case .leftRight: Self.reversed(planes, each: width)
    case .upsideDown:
      Self.reversed(Self.reversed(planes, each: width), each: width * height)
    }
  }

  private static func reversed(_ values: [Float], each count: Int) -> [Float] {
    stride(from: 0, to: values.count, by: count).flatMap { values[$0..<($0 + count)].reversed() }
  }
}
