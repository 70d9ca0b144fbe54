package import PNGCodec
package import SystemPackage

/// What a set of images is like, found before any long work.
package struct Survey: Sendable {
  /// The images that can be read, as far as was looked, in their order.
  package private(set) var readable: [ImageFile] = []
  /// Images that were not wanted, of which nothing else here speaks.
  package private(set) var leftOut: [ImageFile] = []
  /// Why the others cannot.
  package private(set) var unreadable: [PNGError] = []
  /// How many images have each size, turned as they are shown.
  package private(set) var sizes: [ImageSize: Int] = [:]
  /// How many images are of each kind.
  package private(set) var kinds: [Kind: Int] = [:]
  /// Images that have the same bytes: each with the first image that has them.
  package private(set) var duplicates: [(image: FilePath, first: FilePath)] = []
  /// What a user should know of each animation, whose still image alone counts.
  package private(set) var animations: [String] = []
  /// Images at the end that there was no time to look into.
  package private(set) var unseen = 0
  private var rareExamples: [ImageSize: FilePath] = [:]
  /// Images of which it is known whether they have transparent pixels, and those of them that do.
  private var lookedInto = 0
  private var transparent = 0
  /// What the pixels of the images say that were decoded.
  package private(set) var pixels = PixelFindings()

  /// How an image's pixels are stored.
  package struct Kind: Hashable, Sendable {
    package let colorType: PNGHeader.ColorType
    package let bitDepth: Int
    package let hasTransparency: Bool
    /// Whether all colors are grays.
    package let isGray: Bool

    package init(_ header: PNGHeader) {
      (colorType, bitDepth) = (header.colorType, header.bitDepth)
      (hasTransparency, isGray) = (header.hasTransparency, header.isGray)
    }

    /// The kind of files that hold a format whole.
    package init(_ format: PixelFormat, bits: Int) {
      colorType =
        switch format {
        case .gray: .gray
        case .grayAlpha: .grayAlpha
        case .rgb: .rgb
        case .rgba: .rgba
        }
      bitDepth = bits
      hasTransparency = format.hasAlpha
      isGray = format.colors == 1
    }
  }

  /// Pixels that are decoded at most: a few seconds' work.
  package static let standardBudget = 1 << 26

  /// Looks at every file: its header, its bytes where they may be another's, and, until `budget`
  /// pixels have been decoded, whether it can be read to the end. Where the first image's size says that all
  /// are more than that, those that are decoded are spread evenly.
  ///
  /// - Parameters:
  ///   - leavesOut: whether an image with a header is not wanted.
  ///   - onlyTransparency: whether only files that may have transparent pixels are looked into.
  ///   - timeSpent: how much of the time for the survey has gone. At 1 no more images are looked into:
  ///     what is left of them counts as readable, and is `unseen`.
  package init(
    of files: [ImageFile], limits: PNGLimits = .standard,
    leavingOut leavesOut: (PNGHeader) -> Bool = { _ in false },
    decodingPixels budget: Int = standardBudget, onlyTransparency: Bool = false,
    timeSpent: () -> Double = { 0 }
  ) {
    var left = budget
    var interval: Int?
    for (number, file) in files.enumerated() {
      if number > 0, timeSpent() >= 1 {
        unseen = files.count - number
        readable += files[number...]
        break
      }
      do throws(PNGError) {
        let header = try PNGReader.header(of: file.path, limits: limits)
        if leavesOut(header) {
          leftOut.append(file)
          continue
        }
        var transparency = header.hasTransparency ? nil : false
        let area = header.width * header.height
        let every = interval ?? Self.interval(files.count, area: area, within: budget)
        interval = every
        if left > 0, number % every == 0, timeSpent() < 0.4,
          header.hasTransparency || !onlyTransparency
        {
          left -= area
          let image = try PNGReader.read(file.path, limits: limits)
          transparency = image.hasTransparentPixels
          pixels.add(image, at: file.path)
        }
        add(file, header, hasTransparentPixels: transparency)
      } catch {
        unreadable.append(error)
      }
    }
    duplicates = Duplicates.find(in: readable.dropLast(unseen)) { timeSpent() >= 1 }
  }

  /// Of how many images each time one is decoded.
  private static func interval(_ count: Int, area: Int, within budget: Int) -> Int {
    let all = Double(count) * Double(area) / Double(max(1, budget))
    return max(1, Int(min(all.rounded(.up), Double(count))))
  }

  private mutating func add(
    _ file: ImageFile, _ header: PNGHeader, hasTransparentPixels: Bool?
  ) {
    readable.append(file)
    if let note = header.animationNote(file.path) { animations.append(note) }
    let size = ImageSize(width: header.uprightWidth, height: header.uprightHeight)
    if let hasTransparentPixels {
      lookedInto += 1
      transparent += hasTransparentPixels ? 1 : 0
    }
    sizes[size, default: 0] += 1
    if rareExamples[size] == nil { rareExamples[size] = file.path }
    kinds[Kind(header), default: 0] += 1
  }

  /// All images, readable or not.
  package var count: Int { readable.count + unreadable.count }

  /// Sizes with their counts, the commonest first.
  var sizesByCount: [ImagesError.SizeCount] {
    sizes.map { ImagesError.SizeCount(size: $0.key, count: $0.value) }.sorted {
      ($0.count, $1.size.area, $1.size.width) > ($1.count, $0.size.area, $0.size.width)
    }
  }

  /// The folder that all readable images are in, at any depth; nil where they are in several, or in the current one.
  private var folder: FilePath? {
    guard var folder = readable.first?.path.removingLastComponent() else { return nil }
    for file in readable {
      while !file.path.starts(with: folder) {
        if !folder.removeLastComponent() { return nil }
      }
      if folder.components.isEmpty { return nil }
    }
    return folder
  }

  /// Pixels of an image in the mean.
  package var meanArea: Double {
    let count = sizes.values.reduce(0, +)
    return sizes.reduce(0) { $0 + Double($1.key.area * $1.value) } / Double(max(count, 1))
  }

  /// Pixels of the largest image.
  package var largestArea: Int { sizes.keys.map(\.area).max() ?? 0 }

  /// The part of the images that have pixels which are not opaque, as far as was looked: a file with alpha
  /// may be opaque all over.
  package var transparentShare: Double { Double(transparent) / Double(max(lookedInto, 1)) }

  /// The part from which on transparency belongs to what the images are.
  static let goodPart = 0.25

  /// Whether so many images are transparent that they are best taken with their alpha.
  package var isTransparent: Bool { transparentShare >= Self.goodPart }

  /// The format that suits the images: with alpha where a good part of them is transparent, else what holds
  /// all colors.
  package var format: PixelFormat { isTransparent ? .rgba : opaqueFormat }

  /// The format that holds all images' colors, without transparency.
  package var opaqueFormat: PixelFormat {
    kinds.keys.allSatisfy(\.isGray) ? .gray : .rgb
  }

  /// The size to bring images to: `requested`, or the one they all have.
  ///
  /// - Throws: `differentSizes` where none is requested and they differ, `noneReadable` where there
  ///   is not one image.
  package func size(requested: ImageSize?) throws(ImagesError) -> ImageSize {
    if readable.isEmpty, let error = unreadable.first {
      throw .noneReadable(error, count: unreadable.count)
    }
    if let requested { return requested }
    let counts = sizesByCount
    guard let common = counts.first else { preconditionFailure("a survey of no files") }
    if counts.count == 1 { return common.size }
    throw .differentSizes(folder ?? rareExamples[counts[counts.count - 1].size] ?? "", counts)
  }
}

extension Raster<UInt8> {
  /// Whether any pixel lets something shine through.
  fileprivate var hasTransparentPixels: Bool {
    guard format.hasAlpha else { return false }
    return pixels.withUnsafeBufferPointer { pixels in
      stride(from: channels - 1, to: pixels.count, by: channels).contains { pixels[$0] != 255 }
    }
  }
}
