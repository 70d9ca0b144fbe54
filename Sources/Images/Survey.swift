package import PNGCodec
package import SystemPackage

/// What a set of images is like, found before any long work.
package struct Survey: Sendable {
  /// The images that can be read, as far as was looked, in their order.
  package private(set) var readable: [ImageFile] = []
  /// Why the others cannot.
  package private(set) var unreadable: [PNGError] = []
  /// How many images have each size, turned as they are shown.
  package private(set) var sizes: [PixelSize: Int] = [:]
  /// How many images are of each kind.
  package private(set) var kinds: [Kind: Int] = [:]
  /// Images that have the same bytes: each with the first image that has them.
  package private(set) var duplicates: [(image: FilePath, first: FilePath)] = []
  /// What a user should know of each animation, whose still image alone counts.
  package private(set) var animations: [String] = []
  private var rareExamples: [PixelSize: FilePath] = [:]

  /// How an image's pixels are stored.
  package struct Kind: Hashable, Sendable {
    package let colourType: PNGHeader.ColourType
    package let bitDepth: Int
    package let hasTransparency: Bool
    /// Whether all colors are grays.
    package let isGrey: Bool

    package init(_ header: PNGHeader) {
      (colourType, bitDepth) = (header.colourType, header.bitDepth)
      (hasTransparency, isGrey) = (header.hasTransparency, header.isGrey)
    }

    /// The kind of files that hold a format whole.
    package init(_ format: PixelFormat, bits: Int) {
      colourType =
        switch format {
        case .grey: .grey
        case .greyAlpha: .greyAlpha
        case .rgb: .rgb
        case .rgba: .rgba
        }
      bitDepth = bits
      hasTransparency = format.hasAlpha
      isGrey = format.colours == 1
    }
  }

  /// Pixels that are decoded at most: a few seconds' work.
  package static let standardBudget = 1 << 26

  /// Looks at every file: its header, its bytes where they may be another's, and, until `budget`
  /// pixels have been decoded, whether it can be read to the end.
  package init(
    of files: [ImageFile], limits: PNGLimits = .standard,
    decodingPixels budget: Int = standardBudget
  ) {
    var left = budget
    for file in files {
      do throws(PNGError) {
        let header = try PNGReader.header(of: file.path, limits: limits)
        if left > 0 {
          left -= header.width * header.height
          _ = try PNGReader.read(file.path, limits: limits)
        }
        add(file, header)
      } catch {
        unreadable.append(error)
      }
    }
    duplicates = Duplicates.find(in: readable)
  }

  private mutating func add(_ file: ImageFile, _ header: PNGHeader) {
    readable.append(file)
    if let note = header.animationNote(file.path) { animations.append(note) }
    let size = PixelSize(width: header.uprightWidth, height: header.uprightHeight)
    sizes[size, default: 0] += 1
    if rareExamples[size] == nil { rareExamples[size] = file.path }
    kinds[Kind(header), default: 0] += 1
  }

  /// All images, readable or not.
  package var count: Int { readable.count + unreadable.count }

  /// Sizes with their counts, the commonest first.
  package var sizesByCount: [ImagesError.SizeCount] {
    sizes.map { ImagesError.SizeCount(size: $0.key, count: $0.value) }.sorted {
      ($0.count, $1.size.area, $1.size.width) > ($1.count, $0.size.area, $0.size.width)
    }
  }

  /// The format that holds all images' colours; transparency is left out.
  package var format: PixelFormat {
    kinds.keys.allSatisfy(\.isGrey) ? .grey : .rgb
  }

  /// Whether any image has transparent pixels, or may have.
  package var hasTransparency: Bool { kinds.keys.contains { $0.hasTransparency } }

  /// The size to bring images to: `requested`, or the one they all have.
  ///
  /// - Throws: `differentSizes` where none is requested and they differ, `noneReadable` where there
  ///   is not one image.
  package func size(requested: PixelSize?) throws(ImagesError) -> PixelSize {
    if readable.isEmpty, let error = unreadable.first {
      throw .noneReadable(error, count: unreadable.count)
    }
    if let requested { return requested }
    let counts = sizesByCount
    guard let common = counts.first else { preconditionFailure("a survey of no files") }
    if counts.count == 1 { return common.size }
    throw .differentSizes(rareExamples[counts[counts.count - 1].size] ?? "", counts)
  }
}
