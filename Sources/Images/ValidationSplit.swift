internal import SystemPackage

/// Which images are kept from training, to measure on images never trained on.
///
/// It follows from hashes of the images' relative paths, so that it is the same wherever the folder lies
/// and whatever order images are found in: the path's bytes are hashed with 64-bit FNV-1a and mixed with
/// SplitMix64's finalizer.
package struct ValidationSplit: Equatable, Sendable {
  /// What a fraction is of.
  package enum Rule: Sendable {
    /// Of all images: those with the smallest hashes, as many as the fraction of their number rounded, at
    /// least one of several and never all. Where images are added, few change sides.
    case all
    /// Of the values that hashes can have: each image by itself, whatever others there are.
    case each
  }

  /// The part that is kept from training: 0 to 1.
  package let fraction: Double
  /// What it is of.
  package let rule: Rule

  package init(fraction: Double, of rule: Rule = .all) {
    self.fraction = fraction
    self.rule = rule
  }

  /// The images to train on and those to measure on, both in their order.
  ///
  /// Where none would be left to train on, none is kept back.
  package func split(_ files: [ImageFile]) -> (training: [ImageFile], validation: [ImageFile]) {
    let isKept = rule == .each ? files.map(isValidation) : areSmallest(files)
    func part(_ wanted: Bool) -> [ImageFile] {
      zip(files, isKept).filter { $0.1 == wanted }.map(\.0)
    }
    let training = part(false)
    return training.isEmpty ? (files, []) : (training, part(true))
  }

  /// Whether each image is among those with the smallest hashes.
  private func areSmallest(_ files: [ImageFile]) -> [Bool] {
    var isKept = [Bool](repeating: false, count: files.count)
    guard fraction > 0, files.count > 1 else { return isKept }
    let wanted = Int((Double(files.count) * min(fraction, 1)).rounded())
    let hashes = files.map(Self.hash)
    let ranked = files.indices.sorted {
      hashes[$0] != hashes[$1]
        ? hashes[$0] < hashes[$1]
        : files[$0].path.string.utf8.lexicographicallyPrecedes(files[$1].path.string.utf8)
    }
    for index in ranked.prefix(min(max(wanted, 1), files.count - 1)) { isKept[index] = true }
    return isKept
  }

  /// Whether the image is kept from training where each is chosen by itself: the upper 53 bits of its
  /// hash, taken as a fraction of 1, are below the part wanted.
  package func isValidation(_ file: ImageFile) -> Bool {
    Double(Self.hash(file) >> 11) / 0x1p53 < fraction
  }

  private static func hash(_ file: ImageFile) -> UInt64 {
    SplitMix64.mixed(
      FNV1a.hash(file.relativePath.components.map(\.bytes).joined(separator: [0x2f])))
  }
}
