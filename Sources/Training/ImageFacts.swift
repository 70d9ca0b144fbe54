internal import Images
internal import SystemPackage
internal import Text

/// What a survey has found of images that decides whether they are good to train on.
struct ImageFacts: Codable {
  /// Sizes, with how many images have each.
  let sizes: [Size]
  let pixels: PixelFindings
  /// Images whose files are the same as another's, of all that were looked at, and one of them.
  let sameFiles: Int
  let files: Int
  let sameFile: PixelFindings.Copy?
  /// The part of the images that have transparent pixels, and whether that is what the images are.
  let transparentShare: Double
  let isTransparent: Bool

  struct Size: Codable {
    let size: ImageSize
    let count: Int
  }

  init(_ survey: Survey) {
    sizes = survey.sizes.map { Size(size: $0.key, count: $0.value) }
    pixels = survey.pixels
    sameFiles = survey.duplicates.count
    files = survey.count - survey.unseen
    sameFile = survey.duplicates.first.map {
      .init(image: $0.image.string, first: $0.first.string)
    }
    (transparentShare, isTransparent) = (survey.transparentShare, survey.isTransparent)
  }

  /// "37 % of the images have transparent pixels".
  var transparentWords: String {
    let percent = transparentShare < 0.01 ? "Less than 1" : ImageFacts.percent(transparentShare)
    return (transparentShare == 1 ? "All" : "\(percent) % of the")
      + " images have transparent pixels"
  }

  /// Copies of other images: how many of how many, and one of them. The larger share counts, of files in all that
  /// were listed or of pixels in those that were decoded.
  var copies: (count: Int, total: Int, example: PixelFindings.Copy)? {
    let byFile = sameFile.map { (count: sameFiles, total: files, example: $0) }
    let byPixels = pixels.example.map { (count: pixels.copies, total: pixels.count, example: $0) }
    guard let byFile, let byPixels else { return byFile ?? byPixels }
    return byFile.count * byPixels.total >= byPixels.count * byFile.total ? byFile : byPixels
  }

  /// The mean of a figure of each image's size.
  func mean(_ figure: (ImageSize) -> Double) -> Double {
    let count = sizes.reduce(0) { $0 + $1.count }
    return sizes.reduce(0) { $0 + Double($1.count) * figure($1.size) } / Double(max(1, count))
  }

  /// "12", of a part of 1.
  static func percent(_ part: Double) -> String { "\(Int((100 * part).rounded()))" }
}
