internal import SystemPackage

/// Which images are kept from training, to measure on images never trained on.
///
/// An image's part follows from its relative path alone, so that it stays the same when images are
/// added or removed and wherever the folder lies: the path's bytes are hashed with 64-bit FNV-1a,
/// mixed with SplitMix64's finaliser, and the upper 53 bits, taken as a fraction of 1, compared
/// with the part wanted.
package struct ValidationSplit: Equatable, Sendable {
  /// The part that is kept from training, on average: 0 to 1.
  package let fraction: Double

  package init(fraction: Double) {
    self.fraction = fraction
  }

  /// The images to train on and those to measure on, both in their order.
  ///
  /// Where none would be left to train on, none is kept back.
  package func split(_ files: [ImageFile]) -> (training: [ImageFile], validation: [ImageFile]) {
    let training = files.filter { !isValidation($0) }
    if training.isEmpty { return (files, []) }
    return (training, files.filter(isValidation))
  }

  /// Whether the image is kept from training.
  package func isValidation(_ file: ImageFile) -> Bool {
    let hash = Self.mixed(
      FNV1a.hash(file.relativePath.components.map(\.bytes).joined(separator: [0x2f])))
    return Double(hash >> 11) / 0x1p53 < fraction
  }

  /// SplitMix64's finaliser (Steele et al. 2014): FNV's upper bits alone are poor on short names.
  private static func mixed(_ hash: UInt64) -> UInt64 {
    var z = hash
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// Fowler, Noll and Vo's hash, 64 bits.
package enum FNV1a {
  package static let basis: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The hash of `bytes`, going on from that of bytes before.
  package static func hash(_ bytes: some Sequence<UInt8>, from start: UInt64 = basis) -> UInt64 {
    var hash = start
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}
